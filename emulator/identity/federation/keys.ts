import type { JWK } from 'jose';
import { z } from 'zod';
import type { OidcFederation } from '../service.ts';

const largestDocument = 256 * 1024;
const patience = 5000;

/** Private members (`d`) and symmetric keys (`k`) have no place in a set of public keys. */
const publicKey = z
  .looseObject({ kty: z.enum(['RSA', 'EC']) })
  .refine((key) => !('d' in key) && !('k' in key));
const keySet = z.object({ keys: z.array(z.unknown()) });

/** Keys of a policy, or in plain words why there are none. */
export type PolicyKeys = { keys: readonly JWK[] } | { problem: string };

/** What is wrong with a key set that a policy brings along; undefined when nothing is. */
export function checkKeySet(text: string): string | undefined {
  const read = readKeySet(parse(text));
  if ('problem' in read) return read.problem;
  return read.keys.length > 0 ? undefined : 'holds no RSA or EC public key';
}

/**
 * Public keys that a policy trusts: its own `jwks_json`, else `jwks_uri`, else those the issuer's discovery
 * document names (docs: token federation policy). Nothing leaves the machine: an address is read only when it is
 * on loopback, and redirects are not followed.
 */
export async function keysOf(oidc: OidcFederation): Promise<PolicyKeys> {
  if (oidc.jwksJson !== null) return readKeySet(parse(oidc.jwksJson));
  if (oidc.jwksUri !== null) return fetchKeys(oidc.jwksUri, 'jwks_uri');
  const root = oidc.issuer.replace(/\/$/, '');
  const discovery = await fetchJson(`${root}/.well-known/openid-configuration`, 'the issuer');
  if ('problem' in discovery) return discovery;
  const document = z.object({ jwks_uri: z.string() }).safeParse(discovery.json);
  return document.success
    ? fetchKeys(document.data.jwks_uri, 'the jwks_uri of the issuer')
    : { problem: 'the discovery document of the issuer names no jwks_uri' };
}

async function fetchKeys(address: string, what: string): Promise<PolicyKeys> {
  const answer = await fetchJson(address, what);
  return 'problem' in answer ? answer : readKeySet(answer.json);
}

async function fetchJson(address: string, what: string): Promise<{ json: unknown } | { problem: string }> {
  if (!isLoopback(address)) {
    return {
      problem: `${what} is not on this machine and Brickbox asks nobody outside for keys: put the public keys into jwks_json`,
    };
  }
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(patience) });
    if (!response.ok) return { problem: `${what} answered ${response.status}` };
    const text = await response.text();
    if (text.length > largestDocument) return { problem: `${what} answered with too much` };
    const json = parse(text);
    return json === undefined ? { problem: `${what} did not answer with JSON` } : { json };
  } catch {
    return { problem: `${what} did not answer` };
  }
}

function isLoopback(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const web = url?.protocol === 'http:' || url?.protocol === 'https:';
  return web && /^(?:localhost|\[::1\]|127(?:\.\d+){3})$/.test(url.hostname);
}

/** The RSA and EC public keys of a set; others in it are passed over, as RFC 7517 asks. */
function readKeySet(value: unknown): PolicyKeys {
  const read = keySet.safeParse(value);
  if (!read.success) return { problem: 'is not a JSON Web Key Set' };
  return { keys: read.data.keys.flatMap((key) => publicKey.safeParse(key).data ?? []) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
