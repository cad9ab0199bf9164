import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InteractionResults } from 'oidc-provider';
import type { OAuthClient } from '../clients.ts';
import { appScopes, canonicalScope, oidcScopes } from '../scopes.ts';
import type { Csrf } from './csrf.ts';
import { cookieOf, readForm, send } from './http.ts';
import {
  type Choice,
  consentPage,
  errorPage,
  noCookiePage,
  pageAnswer,
  signedInPage,
  signInPage,
} from './pages.ts';
import type { OidcParts } from './parts.ts';
import { interactionCookie, type PendingSignIn, type ProviderShell, sessionCookie } from './provider.ts';

/** Path of the sign-in page (field: where the platform sends who is not signed in). */
export const signInPath = '/login.html';

/** Answers the pages a person sees: personas and consent, for one waiting sign-in or for the workspace itself. */
export async function serveSignIn(
  parts: OidcParts & { csrf: Csrf },
  provider: ProviderShell,
  origin: string,
  path: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.method !== 'GET' && req.method !== 'POST')
    return send(res, { status: 405, headers: { allow: 'GET, POST' } });
  if (path === signInPath) return serveWorkspaceSignIn(parts, provider, origin, req, res);
  // A program that follows redirects without keeping cookies ends on a page with 200 (field: app-to-app calls).
  if (req.method === 'GET' && cookieOf(req, interactionCookie(parts.sandboxId)) === undefined) {
    return send(res, pageAnswer(200, noCookiePage()));
  }
  const pending = await provider.pending(req, res);
  const client = pending && parts.clients.find(pending.clientId);
  if (!pending || !client || path !== `${signInPath}/${pending.uid}`) return send(res, startAgain());
  const step = { parts, provider, origin, path, pending, client, req, res };
  return req.method === 'GET' ? showStep(step) : takeStep(step);
}

interface Step {
  parts: OidcParts & { csrf: Csrf };
  provider: ProviderShell;
  origin: string;
  path: string;
  pending: PendingSignIn;
  client: OAuthClient;
  req: IncomingMessage;
  res: ServerResponse;
}

function showStep({ parts, path, pending, client, res }: Step, changing = false): void {
  const csrf = parts.csrf.token(path, pending.uid);
  const person = pending.signedIn ? parts.directory.find(pending.signedIn) : undefined;
  const targets = [targetOf(pending.redirectUri)];
  if (pending.prompt === 'consent' && person && !changing) {
    const scopes = pending.scopes.filter((scope) => !oidcScopes.includes(scope)).map(describeScope);
    const page = { action: path, csrf, clientName: client.name, scopes };
    const body = consentPage({ ...page, userName: person.name, displayName: person.displayName });
    send(res, pageAnswer(200, body, targets));
    return;
  }
  const page = signInPage({
    action: path,
    csrf,
    clientName: client.name,
    choices: choices(parts),
    hint: pending.loginHint,
    signedIn: pending.signedIn,
  });
  send(res, pageAnswer(200, page, targets));
}

async function takeStep(step: Step): Promise<void> {
  const { parts, origin, path, pending, client, req, res } = step;
  const form = await readForm(req);
  if (!form || !parts.csrf.accepts(req, origin, path, pending.uid, form.get('csrf'))) {
    return send(res, startAgain());
  }
  const persona = form.get('persona');
  if (persona !== undefined) {
    const user = parts.directory.find(persona);
    if (user?.kind !== 'user' || !user.active) return showStep(step, true);
    return goOn(step, { login: { accountId: user.name } });
  }
  const answer = form.get('answer');
  if (answer === 'switch') return showStep(step, true);
  if (answer === 'refuse') {
    return goOn(step, { error: 'access_denied', error_description: 'The user refused the request' });
  }
  if (answer === 'accept' && pending.signedIn) {
    parts.consents.grant(pending.signedIn, client.clientId, pending.scopes);
    return goOn(step, { consent: {} });
  }
  return showStep(step);
}

async function goOn({ parts, provider, req, res }: Step, result: InteractionResults): Promise<void> {
  const next = await provider.finish(req, res, result);
  if (next === undefined) return send(res, startAgain());
  if ('login' in result) await leave(parts, provider, req);
  send(res, { status: 303, headers: { location: next } });
}

/** `/login.html` by itself: sign in at the workspace, or become somebody else. */
async function serveWorkspaceSignIn(
  parts: OidcParts & { csrf: Csrf },
  provider: ProviderShell,
  origin: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const browserCookie = `brickbox_${parts.sandboxId}_browser`;
  const known = cookieOf(req, browserCookie);
  if (req.method === 'GET') {
    const browser = known ?? parts.secrets.hex(16);
    const session = cookieOf(req, sessionCookie(parts.sandboxId));
    const page = signInPage({
      action: signInPath,
      csrf: parts.csrf.token(signInPath, browser),
      clientName: undefined,
      choices: choices(parts),
      hint: undefined,
      signedIn: session && (await provider.sessionOf(session)),
    });
    const answer = pageAnswer(200, page);
    return send(res, {
      ...answer,
      headers: {
        ...answer.headers,
        'set-cookie': `${browserCookie}=${browser}; Path=${signInPath}; HttpOnly; SameSite=Strict`,
      },
    });
  }
  const form = await readForm(req);
  const user = parts.directory.find(form?.get('persona') ?? '');
  const trusted = known && form && parts.csrf.accepts(req, origin, signInPath, known, form.get('csrf'));
  if (!trusted || user?.kind !== 'user' || !user.active) return send(res, startAgain());
  await leave(parts, provider, req);
  const session = await provider.openSession(user.name);
  const answer = pageAnswer(200, signedInPage(user.name));
  send(res, {
    ...answer,
    headers: { ...answer.headers, 'set-cookie': sessionCookieHeader(parts.sandboxId, session, origin) },
  });
}

/** `Set-Cookie` of the workspace session. */
export function sessionCookieHeader(sandboxId: string, session: string, origin: string): string {
  const secure = origin.startsWith('https:') ? '; Secure' : '';
  return `${sessionCookie(sandboxId)}=${session}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}

/** The library asks for a form in the browser when the person changes; leaving the old session first avoids it. */
async function leave(parts: OidcParts, provider: ProviderShell, req: IncomingMessage): Promise<void> {
  const session = cookieOf(req, sessionCookie(parts.sandboxId));
  if (session) await provider.leaveSession(session);
}

/** Personas that can sign in: the configured ones, or every user when there are none. */
function choices(parts: OidcParts): Choice[] {
  const personas = parts.directory.personas().map(({ principal }) => principal);
  const people = (personas.length > 0 ? personas : parts.directory.users()).filter(
    (principal) => principal.kind === 'user' && principal.active,
  );
  return people.map(({ name, displayName, groups }) => ({
    userName: name,
    displayName,
    groups: groups.filter((group) => group !== 'users' && group !== 'account users'),
  }));
}

function describeScope(name: string): { name: string; opens: string } {
  const current = canonicalScope(name);
  return { name, opens: appScopes.find((scope) => scope.name === current)?.opens ?? '' };
}

function targetOf(redirectUri: string): string {
  return URL.canParse(redirectUri) ? new URL(redirectUri).origin : "'none'";
}

function startAgain() {
  return pageAnswer(
    400,
    errorPage(
      'invalid_request',
      'This sign-in has expired, was already used, or did not start in this browser.',
    ),
  );
}
