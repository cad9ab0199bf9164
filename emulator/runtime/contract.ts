import type { AppConfig } from '../config/index.ts';
import type { Clock, LaunchGate, Log } from '../core/index.ts';
import type { ServicePrincipal } from '../identity/index.ts';
import type { Journal } from '../journal/index.ts';

export interface RuntimeOptions {
  name: string;
  app: AppConfig;
  /** Absolute folder of the app's files. */
  folder: string;
  servicePrincipal: ServicePrincipal;
  clientSecret: string;
  /** Value of DATABRICKS_HOST as the app sees it. */
  host: string;
  workspaceId: string;
  /** Origin of the gateway, for DATABRICKS_APP_URL. */
  appUrl: string;
  /** CA variables to hand on (`NODE_EXTRA_CA_CERTS`, ...). */
  caEnv: Readonly<Record<string, string>>;
  /** Value of a resource by its key for `valueFrom`. @throws BrickboxError naming the key and, if known but unsupported, its type. */
  resolve(key: string): string;
  gate: LaunchGate;
  journal: Journal;
  clock: Clock;
  log: Log;
  /** Progress lines of install and build. */
  onProgress?: (line: string) => void;
}

export interface LogLine {
  /** Wall epoch milliseconds. */
  at: number;
  source: 'APP' | 'SYSTEM' | 'BUILD';
  message: string;
}

/** One app process through its life. */
export interface AppProcess {
  readonly name: string;
  readonly state: 'deploying' | 'starting' | 'running' | 'crashed' | 'stopped';
  /** Port on 127.0.0.1 when running outside a namespace. */
  readonly port: number;
  readonly pid: number | undefined;
  /** Environment given to the first process, for the allow-list test. Secrets included: never log it. */
  readonly env: Readonly<Record<string, string>>;
  /** Installs, builds, starts, waits until it listens. @throws BrickboxError with the tail of the log. */
  start(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  logs(limit?: number): LogLine[];
  followLogs(listener: (line: LogLine) => void): () => void;
}
