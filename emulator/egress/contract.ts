import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Clock, Launch, LaunchGate, Log } from '../core/index.ts';
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

/** What a command in a namespace gets that apps do not. */
export interface InsideView {
  /** Loopback origins that answer on the same ports inside, such as the control API. */
  origins: readonly string[];
  /** Folders it must be able to read although /tmp is private. */
  readable: readonly string[];
}

export interface InsideLaunch {
  launch: Launch;
  /** To be called when the command is over. */
  end(): Promise<void>;
}

/** The egress gate of one sandbox. */
export interface Egress extends LaunchGate {
  /** Why this mode is in force, for the banner: empty when it is the best one. */
  readonly modeReason: string;
  /**
   * Has a command of the developer started in a namespace like an app's. Its attempts count as nobody's app.
   * @throws BrickboxError INSIDE_NEEDS_STRICT in another mode.
   */
  wrapCommand(launch: Launch, view: InsideView): Promise<InsideLaunch>;
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
