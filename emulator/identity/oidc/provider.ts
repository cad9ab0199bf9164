import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration, InteractionResults, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { knownScopes, parseScopes } from '../scopes.ts';
import { createAdapter } from './adapter.ts';
import { consentRule } from './consent-rule.ts';
import { post } from './inject.ts';
import { errorPage } from './pages.ts';
import type { OidcParts } from './parts.ts';

const day = 24 * 3600;
/** Seconds. Sessions and refresh tokens: field, the custom integration behind an app. */
const lifetimes = {
  AccessToken: 3600,
  AuthorizationCode: 60,
  Grant: 14 * day,
  IdToken: 3600,
  Interaction: 3600,
  RefreshToken: 7 * day,
  Session: day,
};

/** Marks that the person, not the front router, asked for a new consent. */
export const askAgain = 'brickbox_ask_again';

/** A sign-in that waits for a person. */
export interface PendingSignIn {
  uid: string;
  prompt: string;
  clientId: string;
  redirectUri: string;
  scopes: readonly string[];
  loginHint: string | undefined;
  /** User name of the workspace session, if there is one. */
  signedIn: string | undefined;
}

/** What a code or refresh token bought. */
export interface Bought {
  account: string;
  clientId: string;
  scopes: readonly string[];
}

/** The OAuth library for one origin, in our words. */
export interface ProviderShell {
  /** Serves `/oidc/v1/authorize` and its continuation. */
  authorize(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Redeems a code or refresh token. `bought` is there when it went well. */
  token(form: URLSearchParams): Promise<{ status: number; body: Record<string, unknown>; bought?: Bought }>;
  pending(req: IncomingMessage, res: ServerResponse): Promise<PendingSignIn | undefined>;
  /** Ends the wait. Returns where the browser goes on, or undefined when nothing waits any more. */
  finish(req: IncomingMessage, res: ServerResponse, result: InteractionResults): Promise<string | undefined>;
  /** Makes a workspace session. Returns the value of its cookie. */
  openSession(userName: string): Promise<string>;
  /** User name of the session behind a cookie value. */
  sessionOf(cookie: string): Promise<string | undefined>;
  /** Takes the person out of a session, so that another can sign in where the first one was. */
  leaveSession(cookie: string): Promise<void>;
}

/** Name of the cookie that ties a waiting sign-in to its browser. */
export const interactionCookie = (sandboxId: string) => `brickbox_${sandboxId}_sign_in`;
/** Name of the cookie of the workspace session. */
export const sessionCookie = (sandboxId: string) => `brickbox_${sandboxId}_workspace`;

/** Loads the library (0.16 s the first time) and sets it up for one origin. */
export async function createProviderShell(parts: OidcParts, origin: string): Promise<ProviderShell> {
  const { Provider, interactionPolicy } = await import('oidc-provider');
  const bought = new WeakMap<IncomingMessage, Bought>();
  const provider = new Provider(`${origin}/oidc`, configuration(parts, origin, interactionPolicy));
  provider.on('grant.success', (ctx) => {
    const spent = boughtBy(ctx);
    if (spent) bought.set(ctx.req, spent);
  });
  provider.on('server_error', (_ctx, error) => parts.log.error(`sign-in failed: ${error.message}`));
  const handler = provider.callback();

  return {
    async authorize(req, res) {
      const inner = (req.url ?? '').replace(/^\/oidc(\/accounts\/[^/]+)?/, '');
      // The library learns from originalUrl that it is mounted under /oidc.
      Object.assign(req, { url: inner, originalUrl: `/oidc${inner}` });
      await handler(req, res);
    },
    async token(form) {
      let request: IncomingMessage | undefined;
      const answer = await post(handler, '/v1/token', form, (req) => {
        request = req;
      });
      const spent = request && bought.get(request);
      return { status: answer.status, body: readObject(answer.body), ...(spent ? { bought: spent } : {}) };
    },
    async pending(req, res) {
      try {
        const details = await provider.interactionDetails(req, res);
        return toPending(details);
      } catch {
        return undefined;
      }
    },
    async finish(req, res, result) {
      try {
        return await provider.interactionResult(req, res, result, { mergeWithLastSubmission: false });
      } catch {
        return undefined;
      }
    },
    async openSession(userName) {
      const session = new provider.Session();
      session.loginAccount({ accountId: userName, loginTs: Math.floor(parts.clock.wall() / 1000) });
      await session.save(lifetimes.Session);
      return session.jti;
    },
    async sessionOf(cookie) {
      return (await provider.Session.find(cookie))?.accountId;
    },
    async leaveSession(cookie) {
      const session = await provider.Session.find(cookie);
      if (!session) return;
      delete session.accountId;
      delete session.authorizations;
      await session.persist();
    },
  };
}

function configuration(
  parts: OidcParts,
  origin: string,
  policies: typeof import('oidc-provider').interactionPolicy,
): Configuration {
  const name = (kind: string) => `brickbox_${parts.sandboxId}_${kind}`;
  const cookie = { httpOnly: true, sameSite: 'lax', path: '/', overwrite: true } as const;
  return {
    adapter: createAdapter(parts),
    jwks: { keys: [signingJwk(parts)] },
    clientAuthMethods: ['none'],
    clientBasedCORS: () => false,
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    cookies: {
      names: {
        session: sessionCookie(parts.sandboxId),
        interaction: interactionCookie(parts.sandboxId),
        resume: name('resume'),
      },
      long: cookie,
      short: cookie,
    },
    expiresWithSession: () => false,
    extraParams: [askAgain],
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    async findAccount(_ctx, name) {
      const found = parts.directory.find(name);
      if (!found?.active || found.kind !== 'user') return undefined;
      return {
        accountId: found.name,
        claims: () => ({ sub: found.name, name: found.displayName, email: found.name }),
      };
    },
    interactions: {
      policy: policy(parts, policies),
      url: (_ctx, interaction) => `${origin}/login.html/${interaction.uid}`,
    },
    loadExistingGrant: (ctx) => loadGrant(parts, ctx),
    // Custom apps must be able to leave PKCE out; public clients must not (docs: OAuth apps).
    pkce: { required: (_ctx, client) => parts.clients.find(client.clientId)?.public ?? true },
    async renderError(ctx, out) {
      ctx.type = 'html';
      ctx.body = errorPage(out.error, out.error_description ?? '');
    },
    responseTypes: ['code'],
    rotateRefreshToken: (ctx) => policyOf(parts, ctx.oidc.client?.clientId).singleUseRefreshTokens === true,
    routes: { authorization: '/v1/authorize', token: '/v1/token', jwks: '/jwks.json' },
    scopes: [...knownScopes],
    ttl: {
      ...lifetimes,
      // The grant ends on the sandbox clock and takes its refresh tokens along: that is the absolute session.
      Grant: (_ctx, grant) => {
        const { sessionMinutes, refreshTokenMinutes } = policyOf(parts, grant.clientId);
        return minutes(sessionMinutes) ?? Math.max(lifetimes.Grant, minutes(refreshTokenMinutes) ?? 0);
      },
      RefreshToken: (_ctx, token) =>
        minutes(policyOf(parts, token.clientId).refreshTokenMinutes) ?? lifetimes.RefreshToken,
    },
  };
}

function policyOf(parts: OidcParts, clientId: string | undefined) {
  return clientId === undefined ? {} : parts.integrations.policyOf(clientId);
}

/** Seconds. */
const minutes = (count: number | undefined) => (count === undefined ? undefined : count * 60);

/** The login prompt of the library without the checks nobody here can meet, and a consent prompt of our own. */
function policy(parts: OidcParts, policies: typeof import('oidc-provider').interactionPolicy) {
  const { Check, Prompt, base } = policies;
  const prompts = base();
  prompts.remove('consent');
  const consent = new Prompt(
    { name: 'consent', requestable: true },
    new Check('consent_needed', 'the person has not agreed yet', (ctx) => {
      if (ctx.oidc.result?.consent) return Check.NO_NEED_TO_PROMPT;
      if (ctx.oidc.params?.[askAgain]) return Check.REQUEST_PROMPT;
      return ruleOf(parts, ctx)?.ask ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    }),
  );
  // The front router adds prompt=consent for refresh tokens; that alone must not bring up the page.
  consent.checks.remove('consent_prompt');
  prompts.add(consent);
  return prompts;
}

function ruleOf(parts: OidcParts, ctx: KoaContextWithOIDC) {
  const client = parts.clients.find(ctx.oidc.client?.clientId ?? '');
  const user = ctx.oidc.session?.accountId;
  if (!client || !user) return undefined;
  return consentRule(parts, user, client, [...ctx.oidc.requestParamScopes]);
}

/** A grant of what the consent rule gives, made anew for every sign-in. */
async function loadGrant(parts: OidcParts, ctx: KoaContextWithOIDC) {
  const rule = ruleOf(parts, ctx);
  const clientId = ctx.oidc.client?.clientId;
  const accountId = ctx.oidc.session?.accountId;
  if (!rule || rule.ask || !clientId || !accountId) return undefined;
  const grant = new ctx.oidc.provider.Grant({ clientId, accountId });
  grant.addOIDCScope([...rule.granted]);
  await grant.save();
  return grant;
}

function boughtBy(ctx: KoaContextWithOIDC): Bought | undefined {
  const token = ctx.oidc.entities.AccessToken;
  if (!token?.accountId || !token.clientId) return undefined;
  return { account: token.accountId, clientId: token.clientId, scopes: parseScopes(token.scope) };
}

function toPending(details: Awaited<ReturnType<Provider['interactionDetails']>>): PendingSignIn {
  const text = (field: string) => {
    const value = details.params[field];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    uid: details.uid,
    prompt: details.prompt.name,
    clientId: text('client_id') ?? '',
    redirectUri: text('redirect_uri') ?? '',
    scopes: parseScopes(text('scope')),
    loginHint: text('login_hint'),
    signedIn: details.session?.accountId,
  };
}

function signingJwk(parts: OidcParts) {
  const key = parts.key();
  return { ...key.privateKey.export({ format: 'jwk' }), kid: key.kid, use: 'sig', alg: 'RS256' };
}

function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
