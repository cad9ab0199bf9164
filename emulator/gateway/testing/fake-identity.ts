import { createHash } from 'node:crypto';
import { ApiError, type Clock, systemSecrets } from '../../core/index.ts';
import type { AppClient, Caller, Identity, MintRequest, Principal } from '../../identity/index.ts';

/** A code waiting at the fake workspace for its exchange. */
interface PendingCode {
  principal: Principal;
  challenge: string;
  redirectUri: string;
  scopes: readonly string[];
}

/** A small honest identity for tests of the gateway alone: it checks what the real one checks, over plain maps. */
export interface FakeIdentity extends Identity {
  readonly client: AppClient;
  readonly mints: MintRequest[];
  /** What `/oidc/v1/authorize` of the fake workspace does for a person who is signed in there. Returns the callback URL. */
  authorize(url: URL, principal: Principal, scopes?: readonly string[]): string;
  /** A JWT-shaped bearer, as M2M or U2M would give. */
  bearer(principal: Principal, scopes: readonly string[], lifetime?: number): Promise<string>;
  principals: Map<string, Principal>;
}

export const ana: Principal = {
  kind: 'user',
  id: '4001',
  name: 'ana@acme.test',
  displayName: 'Ana Silva',
  active: true,
  groups: ['users', 'emea-sales'],
  entitlements: [],
};

export const guest: Principal = {
  ...ana,
  id: '4002',
  name: 'guest@acme.test',
  displayName: 'Guest',
  groups: [],
};

export const robot: Principal = {
  kind: 'service_principal',
  id: '5001',
  name: '2f0d9f0e-6a3c-4f7e-9a57-0b6d5d2f8c11',
  displayName: 'nightly rôle',
  active: true,
  groups: [],
  entitlements: [],
  app: null,
};

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function createFakeIdentity(clock: Clock, clientScopes: readonly string[]): FakeIdentity {
  const principals = new Map<string, Principal>([ana, guest, robot].map((one) => [one.name, one]));
  const issued = new Map<string, Caller & { expiresAt: number }>();
  const codes = new Map<string, PendingCode>();
  const consents = new Map<string, readonly string[]>();
  const mints: MintRequest[] = [];
  const client: AppClient = {
    app: 'orders',
    clientId: 'client-of-orders',
    clientSecret: 'unused here',
    redirectUris: [],
    scopes: clientScopes,
  };
  const notHere = (): never => {
    throw new Error('The gateway has no business calling this.');
  };
  const issue = (request: MintRequest) => {
    const tokenId = systemSecrets.uuid();
    const token = `${base64({ alg: 'RS256' })}.${base64({ jti: tokenId })}.${systemSecrets.hex(16)}`;
    const expiresAt = clock.now() + (request.lifetime ?? 3600) * 1000;
    issued.set(token, {
      principal: request.principal,
      how: request.how,
      app: request.app ?? null,
      clientId: request.clientId,
      scopes: request.scopes,
      tokenId,
      exchange: request.exchange ?? null,
      session: request.session ?? null,
      expiresAt,
    });
    return { token, tokenId, expiresAt, scopes: request.scopes };
  };

  return {
    client,
    mints,
    principals,
    workspaceId: '7474656789012345',
    accountId: '00000000-0000-4000-8000-000000000000',
    directory: {
      find: (name) => principals.get(name),
      users: notHere,
      servicePrincipals: notHere,
      groups: notHere,
      personas: notHere,
      addUser: notHere,
      addServicePrincipal: notHere,
      addGroup: notHere,
      servicePrincipalOf: notHere,
      membersOf: notHere,
      memberships: notHere,
      removeGroup: notHere,
      addMember: notHere,
      removeMember: notHere,
      removeUser: notHere,
      setDisplayName: notHere,
      setEntitlements: notHere,
      removeServicePrincipal: notHere,
      setActive(name, active) {
        const principal = principals.get(name);
        if (principal) principals.set(name, { ...principal, active });
      },
    },
    tokens: {
      async mint(request) {
        mints.push(request);
        return issue(request);
      },
      async verify(token) {
        const caller = issued.get(token ?? '');
        if (!caller) throw new ApiError(403, 403, 'Invalid access token.');
        if (caller.expiresAt <= clock.now()) throw new ApiError(403, 403, 'Access token expired.');
        return caller;
      },
      createPat: notHere,
      revoke: notHere,
      pats: notHere,
      revokeSession: notHere,
      endSession: notHere,
      facts: notHere,
      expireCachedAppTokens: notHere,
      secrets: notHere,
      createSecret: notHere,
      deleteSecret: notHere,
    },
    consents: {
      get: (user, clientId) => consents.get(`${user} ${clientId}`),
      grant: (user, clientId, scopes) => void consents.set(`${user} ${clientId}`, scopes),
      revoke: (user, clientId) => void consents.delete(`${user} ${clientId}`),
    },
    builtInClients: [],
    integrations: {
      list: notHere,
      get: notHere,
      create: notHere,
      update: notHere,
      remove: notHere,
      policyOf: notHere,
      published: { list: notHere, put: notHere, remove: notHere },
    },
    federation: { list: notHere, get: notHere, create: notHere, update: notHere, remove: notHere },
    registerApp: notHere,
    unregisterApp: notHere,
    addOrigin: notHere,
    handle: notHere,
    signIn: notHere,
    authorize(url, principal, scopes = clientScopes) {
      const query = url.searchParams;
      const redirectUri = query.get('redirect_uri') ?? '';
      const code = systemSecrets.hex(8);
      codes.set(code, {
        principal,
        challenge: query.get('code_challenge') ?? '',
        redirectUri,
        scopes,
      });
      return `${redirectUri}?${new URLSearchParams({ code, state: query.get('state') ?? '' })}`;
    },
    async bearer(principal, scopes, lifetime) {
      return issue({
        principal,
        how: principal.kind === 'user' ? 'u2m' : 'm2m',
        clientId: 'databricks-cli',
        scopes,
        origin: 'unused',
        ...(lifetime !== undefined && { lifetime }),
      }).token;
    },
    async redeem({ code, verifier, redirectUri }) {
      const pending = codes.get(code);
      codes.delete(code);
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      if (!pending || pending.challenge !== challenge || pending.redirectUri !== redirectUri) {
        throw new ApiError(400, 'invalid_grant', 'grant request is invalid');
      }
      return { user: pending.principal, scopes: pending.scopes, refreshToken: null };
    },
  };
}
