import { BrickboxError } from '../core/index.ts';

/** One request of a sign-in, as a person's browser would make it. */
export interface Hop {
  method: string;
  /** Without query: that carries codes. */
  url: string;
  status: number;
}

export interface SignedIn {
  /** `Cookie` header for the app's gateway. */
  cookie: string;
  hops: Hop[];
}

const mostHops = 15;

/**
 * Goes through the real redirects: gateway, authorize, consent (accepted, unless `consent` is false), callback.
 * `workspaceCookie` stands for the click on the sign-in page.
 * @throws BrickboxError SIGN_IN_FAILED with the hops when it does not end at the app.
 */
export async function signInThroughRedirects(options: {
  gatewayOrigin: string;
  workspaceOrigin: string;
  workspaceCookie: string;
  path?: string;
  consent?: boolean;
}): Promise<SignedIn> {
  const jar = new Map<string, Map<string, string>>();
  keep(jar, options.workspaceOrigin, options.workspaceCookie.split('; '));
  const hops: Hop[] = [];
  let url = new URL(options.path ?? '/', options.gatewayOrigin);
  let form: URLSearchParams | undefined;
  while (hops.length < mostHops) {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: header(jar, url.origin),
        ...(form ? { origin: url.origin } : {}),
      },
      ...(form ? { body: form } : {}),
    });
    hops.push({
      method: form ? 'POST' : 'GET',
      url: `${url.origin}${url.pathname}`,
      status: response.status,
    });
    form = undefined;
    keep(
      jar,
      url.origin,
      response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? ''),
    );
    const location = response.headers.get('location');
    const text = await response.text();
    if (response.status >= 300 && response.status < 400 && location) {
      const next = new URL(location, url);
      if (next.origin === options.gatewayOrigin && url.pathname === '/.auth/callback') {
        return { cookie: header(jar, options.gatewayOrigin), hops };
      }
      url = next;
      continue;
    }
    const consent = url.origin === options.workspaceOrigin ? consentForm(text) : undefined;
    if (!consent) break;
    url = new URL(consent.action, url);
    form = new URLSearchParams({
      csrf: consent.csrf,
      answer: options.consent === false ? 'refuse' : 'accept',
    });
  }
  const path = hops.map((hop) => `${hop.method} ${hop.url} ${hop.status}`).join('\n  ');
  throw new BrickboxError('SIGN_IN_FAILED', `Sign-in did not reach the app:\n  ${path}`, {
    fix: 'The last line is where it stopped; `brickbox journal` says why.',
  });
}

function consentForm(html: string): { action: string; csrf: string } | undefined {
  if (!html.includes('value="accept"')) return undefined;
  const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1];
  const csrf = /name="csrf" value="([^"]*)"/.exec(html)?.[1];
  return action !== undefined && csrf !== undefined ? { action: unescapeHtml(action), csrf } : undefined;
}

const unescapeHtml = (text: string) =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

function keep(jar: Map<string, Map<string, string>>, origin: string, pairs: readonly string[]): void {
  const cookies = jar.get(origin) ?? new Map<string, string>();
  jar.set(origin, cookies);
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) continue;
    const value = pair.slice(at + 1);
    if (value === '') cookies.delete(pair.slice(0, at));
    else cookies.set(pair.slice(0, at), value);
  }
}

function header(jar: ReadonlyMap<string, ReadonlyMap<string, string>>, origin: string): string {
  return [...(jar.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
}
