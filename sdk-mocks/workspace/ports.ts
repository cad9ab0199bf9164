import type { Caller, Identity } from '../../emulator/identity/index.ts';
import type { SqlSession } from '../sql/index.ts';

/** What families may ask of the rest of the house. The composition root fills it in. */
export interface Ports {
  identity: Identity;
  /** Apps as the platform shows them, for the Apps API. */
  apps: AppsPort;
  secrets: SecretsPort;
  warehouses: WarehousesPort;
  networkPolicies: NetworkPoliciesPort;
  results: ResultsPort;
}

/** Files of large results, fetched by URL and without a credential. */
export interface ResultsPort {
  /** Offers a file to whoever holds its link, until the link expires, its group is dropped or its owner is gone. */
  offer(file: {
    /** User name or application id whose result it is. */
    owner: string;
    /** Links that end together, for example of one statement. */
    group: string;
    bytes(): Buffer;
    contentType: string;
  }): {
    /** Path and query behind the origin of the workspace. */
    path: string;
    /** Virtual epoch milliseconds. */
    expiresAt: number;
  };
  drop(group: string): void;
}

/** SQL warehouses of the workspace. Each is also a securable of kind WAREHOUSE, by `id`. */
export interface WarehousesPort {
  list(): WarehouseInfo[];
  /** Catalog, schema and time zone that a statement starts with when the request names none. */
  session(): SqlSession;
}

export interface WarehouseInfo {
  /** 16 lower-case hexadecimal digits. */
  id: string;
  name: string;
  /** User name of who made it. */
  creator: string;
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
  /** Nothing happens when it does not exist. */
  remove(scope: string, key: string): void;
  /** Scopes that hold a secret. */
  scopes(): string[];
  keys(scope: string): string[];
  /** Virtual epoch milliseconds of the last `put`; undefined when missing. */
  updatedAt(scope: string, key: string): number | undefined;
}

/** The account's network policies in the platform's JSON. Changes are checked as the platform checks them. */
export interface NetworkPoliciesPort {
  list(): object[];
  /** @throws ApiError 404 */
  get(id: string): object;
  /** @throws ApiError 400 for what the platform refuses, 409 for an id that is taken */
  create(policy: object): object;
  /** Replaces the whole policy. @throws ApiError 400, 404 */
  update(id: string, policy: object): object;
  /** @throws ApiError 400 for the default policy and a bound one, 404 */
  remove(id: string): void;
  /** Id of the policy a workspace is bound to. @throws ApiError 404 for another workspace */
  binding(workspaceId: string): string;
  /** @throws ApiError 404 for another workspace or an unknown policy */
  bind(workspaceId: string, policyId: string): void;
}
