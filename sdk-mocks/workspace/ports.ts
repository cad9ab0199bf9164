import type { Caller, Identity } from '../../emulator/identity/index.ts';

/** What families may ask of the rest of the house. The composition root fills it in. */
export interface Ports {
  identity: Identity;
  /** Apps as the platform shows them, for the Apps API. */
  apps: AppsPort;
  secrets: SecretsPort;
}

export interface AppsPort {
  list(): { name: string; url: string; state: string; servicePrincipal: string }[];
  /** Restarts, stops, starts. @throws ApiError 404 for an unknown app. */
  stop(name: string, caller: Caller): Promise<void>;
  start(name: string, caller: Caller): Promise<void>;
}

export interface SecretsPort {
  /** Value of a secret, undefined when missing. Values never reach journal or logs. */
  get(scope: string, key: string): string | undefined;
  put(scope: string, key: string, value: string): void;
  scopes(): string[];
  keys(scope: string): string[];
}
