import { ApiError, type Clock, type Ids, type Log, type Secrets, silentLog } from '../core/index.ts';
import type { Journal } from '../journal/index.ts';
import type { Store } from '../state/index.ts';
import { builtInIds, createClients } from './clients.ts';
import { createConsents } from './consents.ts';
import { createDirectory } from './directory.ts';
import { createFederationPolicies } from './federation/policies.ts';
import { createIntegrations } from './integrations.ts';
import { redeemAtProvider } from './oidc/code-and-refresh-grant.ts';
import { createOrigins } from './oidc/origins.ts';
import type { ConsentMode, OidcParts } from './oidc/parts.ts';
import { sessionCookie } from './oidc/provider.ts';
import { createOidcRouter } from './oidc/router.ts';
import { type DirectorySeed, seedDirectory } from './seed.ts';
import type { Identity } from './service.ts';
import { loadSigningKey, type SigningKey } from './signing-key.ts';
import { createSpSecrets } from './sp-secrets.ts';
import { createTokenService } from './tokens.ts';

export interface IdentityOptions {
  /** The world: directory, secrets, consents, OAuth clients. Opened with `identityMigrations`. */
  store: Store;
  /** Survives a reset: issued tokens, codes, workspace sessions. Opened with `outsideMigrations`. */
  outside: Store;
  clock: Clock;
  ids: Ids;
  secrets: Secrets;
  journal: Journal;
  log?: Log;
  /** Part of every cookie name; letters, digits and `-`. */
  sandboxId: string;
  /** Origins tokens are issued for; more with `addOrigin` once ports are known. */
  origins?: readonly string[];
  /** Folder of this machine's signing key. Default: the user's state folder. */
  keyFolder?: string;
  /** People and service principals, added when the world has nobody yet. */
  seed?: DirectorySeed;
  consentMode?: ConsentMode;
  /** Default: made from the ids' seed. */
  workspaceId?: string;
  accountId?: string;
}

/** Makes the identity of one sandbox. Nothing slow happens here: key and OAuth library come at first use. */
export function createIdentity(options: IdentityOptions): Identity {
  const { store, outside, clock, ids, secrets, journal, log = silentLog } = options;
  const workspaceId = options.workspaceId ?? String(ids.number('workspace'));
  const accountId = options.accountId ?? ids.uuid('account');
  let signingKey: SigningKey | undefined;
  const key = () => {
    signingKey ??= loadSigningKey(options.keyFolder);
    return signingKey;
  };

  const directory = createDirectory({ store, ids, secrets });
  if (options.seed) seedDirectory(directory, options.seed);
  const clients = createClients({ store, ids, secrets });
  const consents = createConsents({ store, journal });
  const spSecrets = createSpSecrets({ store, clock, secrets, directory });
  const federation = createFederationPolicies({ store, ids, clock });
  const integrations = createIntegrations({ store, ids, secrets, clock });
  const origins = createOrigins(options.origins ?? []);
  const tokens = createTokenService({
    outside,
    clock,
    secrets,
    journal,
    directory,
    spSecrets,
    key,
    workspaceId,
    isIssuer: origins.isIssuer,
  });
  const parts: OidcParts = {
    outside,
    clock,
    secrets,
    journal,
    log,
    directory,
    clients,
    consents,
    consentMode: options.consentMode ?? 'sticky',
    tokens,
    spSecrets,
    federation,
    integrations,
    origins,
    key,
    workspaceId,
    accountId,
    sandboxId: options.sandboxId,
  };
  const router = createOidcRouter(parts);

  return {
    directory,
    tokens,
    consents,
    federation,
    integrations,
    builtInClients: builtInIds,
    workspaceId,
    accountId,
    registerApp: clients.registerApp,
    unregisterApp: clients.unregisterApp,
    addOrigin: origins.add,
    handle: router.handle,
    async redeem({ client, code, verifier, redirectUri, origin }) {
      const form = new Map([
        ['grant_type', 'authorization_code'],
        ['code', code],
        ['code_verifier', verifier],
        ['redirect_uri', redirectUri],
      ]);
      const provider = await router.provider(origin);
      const credentials = { id: client.clientId, secret: client.clientSecret };
      const redeemed = await redeemAtProvider(parts, provider, form, credentials);
      if (!redeemed.ok) throw oauthError(redeemed.answer.status, redeemed.answer.body);
      const user = directory.find(redeemed.bought.account);
      if (!user) throw oauthError(400, { error: 'invalid_grant', error_description: 'The user is gone' });
      return { user, scopes: redeemed.bought.scopes, refreshToken: redeemed.refreshToken };
    },
    async signIn(principal, origin = origins.main()) {
      const user = directory.find(principal.name);
      if (user?.kind !== 'user' || !user.active) {
        throw new ApiError(403, 'PERMISSION_DENIED', `${principal.name} cannot sign in: no active user.`);
      }
      const session = await (await router.provider(origin)).openSession(user.name);
      return { cookie: `${sessionCookie(options.sandboxId)}=${session}` };
    },
  };
}

/** An error of the token endpoint as our own callers get it. */
function oauthError(status: number, body: string | object | undefined): ApiError {
  const fields: { error?: unknown; error_description?: unknown } = typeof body === 'object' ? body : {};
  const code = typeof fields.error === 'string' ? fields.error : 'server_error';
  const message =
    typeof fields.error_description === 'string' ? fields.error_description : 'The code was refused';
  return new ApiError(status, code, message, { body: { error: code, error_description: message } });
}
