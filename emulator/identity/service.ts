import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller, Principal, ServicePrincipal, User } from './types.ts';

/** A group somebody is in: `direct` ones were given, the others are reached through a group of groups. */
export interface Membership {
  id: string;
  name: string;
  direct: boolean;
}

/** People, groups and service principals of the world. Names are compared case-insensitively for users. */
export interface Directory {
  /** By persona alias, user name, application id or numeric id. */
  find(name: string): Principal | undefined;
  users(): User[];
  servicePrincipals(): ServicePrincipal[];
  /** The service principal that belongs to an app. */
  servicePrincipalOf(app: string): ServicePrincipal | undefined;
  /** Members are user names, application ids and names of groups. */
  groups(): { id: string; name: string; members: string[] }[];
  /** Members of one group, by its name or id; nobody when there is no such group. */
  membersOf(group: string): { id: string; name: string; kind: 'principal' | 'group' }[];
  /** Groups of a principal. @throws ApiError 404 for an unknown one. */
  memberships(name: string): Membership[];
  /** Persona aliases (`ana`) to principals, in the order of the configuration. */
  personas(): { alias: string; principal: Principal }[];
  /** @throws ApiError 409 when the name is taken. */
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
    entitlements?: readonly string[];
    app?: string;
  }): ServicePrincipal;
  /** Nothing happens when the group exists. */
  addGroup(name: string): void;
  /** @throws ApiError 400 for a system group. */
  removeGroup(name: string): void;
  /** `member`: user name, application id, group name or numeric id. The group is made when missing. */
  addMember(group: string, member: string): void;
  removeMember(group: string, member: string): void;
  removeServicePrincipal(applicationId: string): void;
  removeUser(userName: string): void;
  /** Tokens and sessions of somebody who is not active are refused at once. @throws ApiError 404. */
  setActive(name: string, active: boolean): void;
  setDisplayName(name: string, displayName: string): void;
  setEntitlements(name: string, entitlements: readonly string[]): void;
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
  /** A new token even when an equal one is still good. */
  fresh?: boolean;
  /** Passed through into the token (docs: OAuth authorization details). */
  authorizationDetails?: unknown;
  /** Name of the grant for the journal. Default: `how`. */
  grant?: string;
}

export interface MintedToken {
  token: string;
  tokenId: string;
  /** Virtual epoch milliseconds. */
  expiresAt: number;
  scopes: readonly string[];
}

/** What is known of a token by its id, also after it ended: for the leak detector, never the token itself. */
export interface TokenFacts {
  tokenId: string;
  how: Caller['how'];
  principal: string;
  app: string | null;
  session: string | null;
  exchange: string | null;
  scopes: readonly string[];
  /** Virtual epoch milliseconds; null: never. */
  expiresAt: number | null;
  revokedAt: number | null;
  /** When the gateway session it was minted for ended. */
  sessionEndedAt: number | null;
}

export interface PatFacts {
  tokenId: string;
  comment: string;
  scopes: readonly string[];
  /** Virtual epoch milliseconds. */
  createdAt: number;
  expiresAt: number | null;
  owner: string;
  /** Who made it: the owner, or an admin for a service principal. */
  createdBy: string;
}

export interface SecretFacts {
  id: string;
  /** Virtual epoch milliseconds. */
  createdAt: number;
  expiresAt: number;
  /** What it may ask for; null: anything. */
  scopes: readonly string[] | null;
  /** SHA-256 of the secret, as the platform shows it. */
  hash: string;
}

/** Mints, verifies and revokes tokens. The OIDC endpoints are a thin shell over it. */
export interface TokenService {
  /** Gives an equal token again while it is far from its end. @throws ApiError 403 when the principal is not active. */
  mint(request: MintRequest): Promise<MintedToken>;
  /**
   * Verifies a bearer token (JWT of any of our origins, or PAT).
   * @throws ApiError 401/403 in the platform's forms (reference identity-auth §8.1): missing, garbage, expired, revoked.
   */
  verify(token: string | undefined, request?: { requestId?: string }): Promise<Caller>;
  createPat(request: {
    principal: Principal;
    /** Default: the principal. */
    createdBy?: Principal;
    comment?: string;
    /** Seconds; without it the token does not expire. */
    lifetime?: number;
    scopes?: readonly string[];
  }): { token: string; tokenId: string; expiresAt: number | null };
  /** PATs that are good, of one principal or of all. */
  pats(principal?: Principal): PatFacts[];
  /** By token id. Unknown ids are ignored. */
  revoke(tokenId: string): void;
  /** Revokes every token minted for a gateway session. Returns how many were still good. */
  revokeSession(session: string): number;
  /** Notes that a gateway session ended; its tokens live on to their end, as on the platform. */
  endSession(session: string): void;
  facts(tokenId: string): TokenFacts | undefined;
  /**
   * `clock advance --all`: service principals' own tokens follow the sandbox clock too. Without this call they
   * stay good until the wall clock ends them, because SDKs cached them against it. Returns how many ended.
   */
  expireCachedAppTokens(): number;
  /**
   * New secret for a service principal; shown once, stored hashed. With scopes it buys tokens with those alone.
   * @throws ApiError 400 beyond five.
   */
  createSecret(
    applicationId: string,
    options?: { lifetime?: number; scopes?: readonly string[] },
  ): { id: string; secret: string };
  secrets(applicationId: string): SecretFacts[];
  /** Later sign-ins with it fail; tokens it already bought live on. */
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

/** Whom a federation policy trusts (docs: OidcFederationPolicy of the account API). */
export interface OidcFederation {
  issuer: string;
  /** Any one of these must be in `aud`; with none, the account id must be. */
  audiences: readonly string[];
  /** Of service principal policies only: the value the subject claim must have. */
  subject: string | null;
  /** Default: `sub`. Account policies map it to a user name or application id. */
  subjectClaim: string;
  /** A JSON Web Key Set with public keys. */
  jwksJson: string | null;
  /** Read only when it is on loopback. */
  jwksUri: string | null;
}

export interface FederationPolicy {
  uid: string;
  policyId: string;
  /** Numeric SCIM id; null: the policy is the account's. */
  servicePrincipalId: string | null;
  description: string;
  oidc: OidcFederation;
  /** Virtual epoch milliseconds. */
  createdAt: number;
  updatedAt: number;
}

/** Federation policies by their owner: the numeric id of a service principal, or null for the account. */
export interface FederationPolicies {
  list(owner: string | null): FederationPolicy[];
  /** @throws ApiError 404. */
  get(owner: string | null, policyId: string): FederationPolicy;
  /** @throws ApiError 400 for a policy the platform refuses, 409 when the id is taken. */
  create(
    owner: string | null,
    policy: { policyId?: string; description?: string; oidc: OidcFederation },
  ): FederationPolicy;
  /** Fields that are not given stay. @throws ApiError 400, 404. */
  update(
    owner: string | null,
    policyId: string,
    change: { description?: string; oidc?: Partial<OidcFederation> },
  ): FederationPolicy;
  /** Tokens that were bought through it live on to their end. @throws ApiError 404. */
  remove(owner: string | null, policyId: string): void;
}

/** Lifetimes of the tokens of an OAuth application, in minutes; what is missing has the platform's default. */
export interface TokenAccessPolicy {
  accessTokenMinutes?: number;
  refreshTokenMinutes?: number;
  /** From the sign-in on, however often the token is refreshed. */
  sessionMinutes?: number;
  /** A refresh token is good once and brings the next one. */
  singleUseRefreshTokens?: boolean;
}

/** A custom OAuth application of the account. Its client id is its integration id too. */
export interface Integration {
  clientId: string;
  name: string;
  /** Has a secret. Without one it must use PKCE. */
  confidential: boolean;
  redirectUrls: readonly string[];
  scopes: readonly string[];
  /** Of `scopes`, those its users must agree to. */
  userAuthorizedScopes: readonly string[];
  tokenAccessPolicy: TokenAccessPolicy;
  /** User name or application id. */
  createdBy: string;
  /** Virtual epoch milliseconds. */
  createdAt: number;
}

/** OAuth applications beside the clients of apps. */
export interface Integrations {
  list(): Integration[];
  /** @throws ApiError 404. */
  get(clientId: string): Integration;
  /** The secret of a confidential one is shown once and stored hashed. @throws ApiError 400. */
  create(given: Omit<Integration, 'clientId' | 'createdAt'>): {
    integration: Integration;
    clientSecret: string | null;
  };
  /** @throws ApiError 400, 404. */
  update(
    clientId: string,
    change: Partial<
      Pick<Integration, 'redirectUrls' | 'scopes' | 'userAuthorizedScopes' | 'tokenAccessPolicy'>
    >,
  ): Integration;
  /** Its refresh tokens are refused from then on; access tokens live on to their end. @throws ApiError 404. */
  remove(clientId: string): void;
  /** Lifetimes of any client; empty when nobody set some. */
  policyOf(clientId: string): TokenAccessPolicy;
  /** Settings for the clients the platform brings along, by client id. */
  published: {
    list(): { appId: string; tokenAccessPolicy: TokenAccessPolicy; createdBy: string; createdAt: number }[];
    /** @throws ApiError 400. */
    put(given: { appId: string; tokenAccessPolicy: TokenAccessPolicy; createdBy: string }): void;
    remove(appId: string): void;
  };
}

/** Identity of one sandbox. `handle` serves `/oidc/**`, `/.well-known/databricks-config`, `/login.html` and our sign-in and consent pages. */
export interface Identity {
  readonly directory: Directory;
  readonly tokens: TokenService;
  readonly consents: Consents;
  readonly federation: FederationPolicies;
  readonly integrations: Integrations;
  /** Client ids of the public clients that SDKs and drivers bring along. */
  readonly builtInClients: readonly string[];
  /** Decimal workspace id, and the account id (uuid). */
  readonly workspaceId: string;
  readonly accountId: string;
  /**
   * Makes or renews the OAuth client of an app. The client id stays when the app is known, the secret is new.
   * @throws ApiError 400 when a scope is none that an app may ask for.
   */
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
  /**
   * Signs somebody in at the workspace without the page, for tests and the console: `cookie` is what their
   * browser would send to the workspace from then on. The redirects stay the same; a consent page still comes
   * unless consent was granted.
   */
  signIn(principal: Principal, origin?: string): Promise<{ cookie: string }>;
}
