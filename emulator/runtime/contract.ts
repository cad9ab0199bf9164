import type { AppConfig, RuntimeSettings } from '../config/index.ts';
import type { Clock, LaunchGate, Log } from '../core/index.ts';
import type { ServicePrincipal } from '../identity/index.ts';
import type { Journal } from '../journal/index.ts';

/** Where the app can be reached from our side. A socket path is used by strict egress. */
export type AppTarget = { host: string; port: number } | { socketPath: string };

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
  /** `runtime:` of brickbox.yaml; what is missing has the platform's value. */
  settings?: Partial<RuntimeSettings>;
  /** How to reach the app when the gate puts it into a namespace; needed there. Default: 127.0.0.1 and its port. */
  target?: () => AppTarget;
  /** The user's environment: PATH, locale, package manager settings. Default: that of this process. */
  userEnv?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds before the first restart after a crash; doubles up to 30 s. Default 1000. */
  backoff?: number;
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
  /** Port on 127.0.0.1 when running outside a namespace, 8000 inside one. 0 before the first start; a restart may change it. */
  readonly port: number;
  readonly pid: number | undefined;
  /** Environment given to the first process, for the allow-list test. Secrets included: never log it. */
  readonly env: Readonly<Record<string, string>>;
  /** Lines for the banner: assumptions and differences from the platform. */
  readonly notes: readonly string[];
  /** Where to send requests; undefined while the app is not running. */
  target(): AppTarget | undefined;
  /** Installs, builds, starts, waits until it listens. @throws BrickboxError with the tail of the log. */
  start(): Promise<void>;
  /** SIGTERM, then SIGKILL to the whole process group; removes the private HOME and TMPDIR. */
  stop(): Promise<void>;
  restart(): Promise<void>;
  logs(limit?: number): LogLine[];
  followLogs(listener: (line: LogLine) => void): () => void;
}
