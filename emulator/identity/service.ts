import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller, Principal, ServicePrincipal, User } from './types.ts';

/** People, groups and service principals of the world. Names are compared case-insensitively for users. */
export interface Directory {
  /** By user name, application id, persona alias or numeric id. */
  find(name: string): Principal | undefined;
  users(): User[];
  servicePrincipals(): ServicePrincipal[];
  groups(): { id: string; name: string; members: string[] }[];
  /** Persona aliases (`ana`) to principals, in the order of the configuration. */
  personas(): { alias: string; principal: Principal }[];
  addUser(user: {
    alias?: string;
    userName: string;
    displayName?: string;
    groups?: readonly string[];
    entitlements?: readonly string[];
  }): User;
  addServicePrincipal(sp: {
    alias?: string;
    displayName: string;
    groups?: readonly string[];
    app?: string;
  }): ServicePrincipal;
  addGroup(name: string): void;
  removeServicePrincipal(applicationId: string): void;
  setActive(name: string, active: boolean): void;
}

export interface MintRequest {
  principal: Principal;
  how: 'obo' | 'm2m' | 'u2m' | 'federation';
  clientId: string;
  scopes: readonly string[];
  /** Origin the token's `iss` is built from, for example `http://127.0.0.1:4711`. */
  origin: string;
  app?: string | null;
  session?: string | null;
  exchange?: string | null;
  /** Seconds, default 3600. */
  lifetime?: number;
}

export interface MintedToken {
  token: string;
  tokenId: string;
  /** Virtual epoch milliseconds. */
  expiresAt: number;
  scopes: readonly string[];
}

/** Mints, verifies and revokes tokens. The OIDC endpoints are a thin shell over it. */
export interface TokenService {
  mint(request: MintRequest): Promise<MintedToken>;
  /**
   * Verifies a bearer token (JWT of any of our origins, or PAT).
   * @throws ApiError 401/403 in the platform's forms (reference identity-auth §8.1): missing, garbage, expired, revoked.
   */
  verify(token: string | undefined): Promise<Caller>;
  createPat(request: {
    principal: Principal;
    comment?: string;
    lifetime?: number;
    scopes?: readonly string[];
  }): { token: string; tokenId: string; expiresAt: number | null };
  /** By token id. Unknown ids are ignored. */
  revoke(tokenId: string): void;
  /** New secret for a service principal; shown once, stored hashed. */
  createSecret(applicationId: string): { id: string; secret: string };
  deleteSecret(applicationId: string, id: string): void;
}

/** OAuth client of an app: what sign-in at its gateway uses. */
export interface AppClient {
  app: string;
  clientId: string;
  clientSecret: string;
  redirectUris: readonly string[];
  /** Scopes the app asks for: OIDC ones, defaults and `user_api_scopes`. */
  scopes: readonly string[];
}

/** What a person agreed to, sticky per (user, client). Widening the app's scopes does not widen it. */
export interface Consents {
  get(userName: string, clientId: string): readonly string[] | undefined;
  grant(userName: string, clientId: string, scopes: readonly string[]): void;
  revoke(userName: string, clientId: string): void;
}

/** Identity of one sandbox. `handle` serves `/oidc/**`, `/.well-known/databricks-config`, `/login.html` and our sign-in and consent pages. */
export interface Identity {
  readonly directory: Directory;
  readonly tokens: TokenService;
  readonly consents: Consents;
  /** Decimal workspace id, and the account id (uuid). */
  readonly workspaceId: string;
  readonly accountId: string;
  registerApp(client: {
    app: string;
    origin: string;
    redirectUris: readonly string[];
    scopes: readonly string[];
  }): AppClient;
  unregisterApp(app: string): void;
  /** Origins tokens may be issued for; the first is the default. Fixed list against DNS rebinding. */
  addOrigin(origin: string): void;
  /** True when the path is identity's; then it has answered. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /**
   * Exchanges the callback's code for a session at an app's gateway.
   * @throws ApiError with the OAuth error when the code is wrong, used or expired.
   */
  redeem(request: {
    client: AppClient;
    code: string;
    verifier: string;
    redirectUri: string;
    origin: string;
  }): Promise<{ user: Principal; scopes: readonly string[]; refreshToken: string | null }>;
}
