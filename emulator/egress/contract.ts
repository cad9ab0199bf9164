import type { Clock, LaunchGate, Log } from '../core/index.ts';
import type { Journal } from '../journal/index.ts';

export interface EgressOptions {
  /** `deny_all`, `declared_only`, `open`, or the platform's policy JSON. */
  policy: string | object;
  allowed: Readonly<Record<string, { stub?: string; pass_through?: true }>>;
  mode: 'auto' | 'strict' | 'cooperative';
  dnsFailure: 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED';
  /** Folder relative paths (stubs) start from. */
  baseFolder: string;
  /** Loopback origins that are always reachable: workspace, other apps. */
  platformOrigins(): readonly string[];
  journal: Journal;
  clock: Clock;
  log: Log;
}

/** The egress gate of one sandbox. */
export interface Egress extends LaunchGate {
  /** What is declared, used, denied in this run. */
  report(): EgressReport;
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
  declaredUnused: string[];
  usedUndeclared: string[];
}
