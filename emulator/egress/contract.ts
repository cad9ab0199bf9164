import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Clock, LaunchGate, Log } from '../core/index.ts';
import type { Journal } from '../journal/index.ts';
import type { NetworkPolicy } from './policy/index.ts';

export interface EgressOptions {
  /**
   * `deny_all`, `declared_only`, `open`, a file, the platform's policy JSON itself, or a function that tells the
   * policy of the moment: the same object as long as nothing changed.
   */
  policy: string | object | (() => NetworkPolicy);
  /** When a changed policy counts for an app. Default `on_restart`. */
  policyChanges?: 'on_restart' | 'at_once';
  allowed: Readonly<Record<string, { stub?: string | undefined; pass_through?: true | undefined }>>;
  mode: 'auto' | 'strict' | 'cooperative';
  dnsFailure: 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED';
  /** Folder relative paths (stubs, policy file) start from. */
  baseFolder: string;
  /** Loopback origins that are always reachable: workspace, other apps. */
  platformOrigins(): readonly string[];
  journal: Journal;
  clock: Clock;
  log: Log;
  /** Certificate of the run for a stubbed host. Without it stubs answer plain HTTP only. */
  certificate?: (host: string) => SecureContext | Promise<SecureContext>;
  /**
   * Loopback port that answers for an address of the sandbox with a name, such as the workspace's realistic
   * host. Undefined: nobody does.
   */
  platformPort?: (host: string, port: number) => number | undefined;
  /** Folders apps must be able to read although /tmp is private: the CA files of the run. */
  readable?: () => readonly string[];
  /** Folders an app in strict mode must not see: the run's control secret, keys of this machine. */
  hidden?: () => readonly string[];
  /** The host of the gate reaches apps through `target()`. `auto` picks strict mode only then. */
  reachesTarget?: boolean;
  /** How a passed-through host is dialled. Default: a TCP connection of this machine. */
  dial?: (host: string, port: number) => Socket;
}

/** The egress gate of one sandbox. */
export interface Egress extends LaunchGate {
  /** Why this mode is in force, for the banner: empty when it is the best one. */
  readonly modeReason: string;
  /** Where the gateway reaches the app in strict mode; undefined: on the loopback port it was given. */
  target(app: string): { socketPath: string } | undefined;
  /** What is declared, used, denied in this run. */
  report(): EgressReport;
  /** The policy of the moment counts for every app, without a restart. */
  adoptPolicy(): void;
  close(): Promise<void>;
}

export interface EgressReport {
  mode: 'strict' | 'cooperative' | 'off';
  policy: object;
  attempts: {
    host: string;
    port: number | null;
    protocol: string;
    app: string | null;
    verdict: string;
    rule: string;
    count: number;
  }[];
  /** Names the policy and `egress.allowed` declare. */
  declared: string[];
  declaredUnused: string[];
  usedUndeclared: string[];
}
