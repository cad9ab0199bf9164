import type { Clock, Log, Secrets } from '../core/index.ts';
import type { AppClient, Identity, Principal } from '../identity/index.ts';
import type { Journal, OpenExchange } from '../journal/index.ts';
import type { Policy } from '../policy/index.ts';

/** Where the app listens. A socket path is used by strict egress. */
export type UpstreamTarget = { host: string; port: number } | { socketPath: string };

/** State of the app behind the gateway, asked at each request. */
export interface AppBackend {
  readonly name: string;
  /** Undefined while the app cannot be reached; `state` then says why. */
  target(): UpstreamTarget | undefined;
  state(): 'running' | 'starting' | 'deploying' | 'crashed' | 'stopped';
}

export interface GatewayOptions {
  backend: AppBackend;
  /** The app's OAuth client, or how to register it once the gateway's origin (and so its redirect URI) is known. */
  client: AppClient | ((gateway: { origin: string; redirectUri: string }) => AppClient);
  /** `user_api_scopes` of the app, plus the defaults. */
  scopes: readonly string[];
  identity: Identity;
  policy: Policy;
  journal: Journal;
  clock: Clock;
  log: Log;
  /** Origin of the workspace for redirects, for example `http://127.0.0.1:4711`. */
  workspaceOrigin: string;
  /** Unique per sandbox; part of every cookie name, because cookies ignore ports. */
  sandboxId: string;
  /** Switches and limits by name, those of `gateway:` in brickbox.yaml. */
  settings: Readonly<Record<string, string | number | boolean>>;
  /** Default: the setting `upstream`. */
  upstream?: 'node' | 'http-proxy-middleware';
  port?: number;
  /** Source of session ids, nonces and verifiers. Default: the system's CSPRNG. */
  secrets?: Secrets;
  /** 32 bytes that seal the cookies, to keep sessions over a restart. Default: fresh, in memory only. */
  sealingKey?: Buffer;
}

export interface Gateway {
  /** For example `http://127.0.0.1:4712`. */
  readonly origin: string;
  /** A session cookie header for a persona, for tests: the same session the redirects would make, without the redirects. */
  session(principal: Principal): Promise<{ cookie: string; sessionId: string }>;
  /** Ends sessions (all, or one principal's). */
  endSessions(principal?: Principal): void;
  /** Whether a session still lives, for the leak detector. `unknown`: not of this gateway, or long forgotten. */
  sessionState(sessionId: string): 'open' | 'ended' | 'unknown';
  /** Whether an exchange (its `X-Request-Id`) is being served right now. */
  exchangeOpen(exchangeId: string): boolean;
  /** Requests and WebSockets the app is serving right now. */
  openExchanges(): OpenExchange[];
  /** Ends open exchanges with 503 and the reason, before a reset. */
  drain(reason: string): Promise<void>;
  close(): Promise<void>;
}
