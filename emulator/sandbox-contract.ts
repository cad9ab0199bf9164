import type { CellValue, SqlParameter, StatementResult } from '../sdk-mocks/sql/index.ts';
import type { ConfigInput } from './config/index.ts';
import type { Clock, Log } from './core/index.ts';
import type { EgressReport } from './egress/index.ts';
import type { Faults } from './faults/index.ts';
import type { FindingEntry, Journal } from './journal/index.ts';
import type { LogLine } from './runtime/index.ts';

export interface SandboxOptions {
  config: ConfigInput;
  /** Folder that relative paths of the configuration start from. Default: the working directory. */
  folder?: string;
  /** File the configuration came from, for messages. */
  file?: string;
  /** Seed of object ids. Default: the folder's name, so that ids repeat from run to run. */
  seed?: string;
  /** Start the apps (default) or only the workspace. */
  startApps?: boolean;
  /** Folders that apps in strict egress must not see, because they hold secrets of the run. Must exist. */
  hidden?: readonly string[];
  /** `inside()` is going to be called: open the gate for it also when there is no app. */
  inside?: boolean;
  log?: Log;
  /** Called for an app that does not start, instead of failing: the sandbox then goes on without it. */
  onAppFailure?: (app: string, error: Error) => void;
  onProgress?: (line: string) => void;
  /** Fixed ports instead of free ones: workspace, and gateways by app name. */
  ports?: { workspace?: number; apps?: Record<string, number> };
}

/** Parameters of a statement: as the API takes them, or plain values by name. */
export type SqlArguments =
  | readonly SqlParameter[]
  | Readonly<Record<string, string | number | boolean | null>>;

/** Who a test wants to be: a persona alias, a user name, or a service principal. */
export interface Actor {
  /** `fetch` through the gateway of `app` (default: the first), signed in. `path` starts with `/`. */
  fetch(path: string, init?: RequestInit & { app?: string }): Promise<Response>;
  /** `Cookie` header of a session at the gateway of `app` (default: the first), for clients of your own. */
  cookie(app?: string): Promise<string>;
  /**
   * Signs in through the real redirects, as a browser would, and accepts the consent page (or refuses it).
   * `hops` are the requests made, without their queries. @throws BrickboxError SIGN_IN_FAILED
   */
  signIn(options?: { app?: string; path?: string; consent?: boolean }): Promise<{
    cookie: string;
    hops: { method: string; url: string; status: number }[];
  }>;
  /** OAuth token for the workspace. Default scopes: `all-apis`. */
  token(options?: { scopes?: readonly string[]; lifetime?: number }): Promise<string>;
  /** Runs SQL in the warehouse as this actor. `objects` are the rows by column name. @throws SqlError */
  sql(
    text: string,
    parameters?: SqlArguments,
  ): Promise<StatementResult & { objects: Record<string, CellValue>[] }>;
}

export interface SandboxApp {
  readonly name: string;
  readonly url: string;
  readonly state: string;
  readonly servicePrincipal: { applicationId: string; displayName: string };
  readonly scopes: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Assumptions and differences from the platform, for the banner. */
  readonly notes: readonly string[];
  logs(limit?: number): LogLine[];
  followLogs(listener: (line: LogLine) => void): () => void;
  start(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

/** A command to be run in the network that apps have. */
export interface InsideRequest {
  command: readonly string[];
  /** Its whole environment. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Loopback origins beside those of the sandbox that answer inside on the same ports: the control API. */
  origins?: readonly string[];
  /** Folders it must be able to read although root's /tmp is private inside. */
  readable?: readonly string[];
}

/** A command that runs inside, on the standard streams of this process. */
export interface InsideCommand {
  /** Its exit code; 126 and 127 when it could not be started, 128 + n after signal n, 125 for errors of ours. */
  readonly exitCode: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** One isolated world. */
export interface Sandbox extends AsyncDisposable {
  readonly id: string;
  /** Loopback origin of the workspace, for example `http://127.0.0.1:4711`. */
  readonly workspaceUrl: string;
  /**
   * The workspace as apps know it, their DATABRICKS_HOST: a bare name like the platform's in strict egress, else
   * the loopback origin.
   */
  readonly workspaceHost: string;
  readonly workspaceId: string;
  readonly warehouseId: string;
  readonly apps: readonly SandboxApp[];
  readonly clock: Clock;
  readonly journal: Journal;
  /** Variables that name the certificate bundles of the run; empty when it made no certificates. */
  readonly caEnv: Readonly<Record<string, string>>;
  readonly faults: Faults;
  /** Names of loosened checks, for banner and reports. */
  readonly loosened: readonly string[];
  readonly egressMode: 'strict' | 'cooperative' | 'off';
  /** Why this mode is in force; empty when it is the strongest one. */
  readonly egressReason: string;
  personas(): {
    alias: string;
    userName: string;
    displayName: string;
    groups: readonly string[];
    sees?: string;
  }[];
  as(name: string): Actor;
  /** The app's own service principal. */
  asApp(app: string): Actor;
  anonymous(): Pick<Actor, 'fetch'>;
  createPat(name: string, options?: { scopes?: readonly string[]; lifetime?: number }): string;
  /**
   * Runs a command in the app's view of the network: its namespace, its names, the same loopback ports.
   * @throws BrickboxError INSIDE_NEEDS_STRICT where egress is not strict.
   */
  inside(request: InsideRequest): Promise<InsideCommand>;
  egressReport(): EgressReport;
  findings(): FindingEntry[];
  /** Back to the seed. Ends open exchanges first. */
  reset(): Promise<void>;
  /** Keeps the present state under a name; `restore` brings it back. @throws BrickboxError unknown name. */
  snapshot(name: string): void;
  restore(name: string): Promise<void>;
  snapshots(): string[];
  close(): Promise<void>;
}
