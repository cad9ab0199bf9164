import { sign as cryptoSign, verify as cryptoVerify } from 'node:crypto';
import { z } from 'zod';
import type { SigningKey } from './signing-key.ts';

/** Claims of an access token (field: copdips.com 2024-11; RFC 9068). Times in seconds. */
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  client_id: z.string(),
  scope: z.string(),
  iat: z.number(),
  exp: z.number(),
  jti: z.string(),
  authorization_details: z.unknown().optional(),
});
export type AccessTokenClaims = z.output<typeof claimsSchema>;

const compactForm = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
const longestToken = 16_384;

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs an access token (RS256, `at+jwt`) on the thread pool. */
export function signAccessToken(key: SigningKey, claims: AccessTokenClaims): Promise<string> {
  const input = `${encode({ kid: key.kid, typ: 'at+jwt', alg: 'RS256' })}.${encode(claims)}`;
  return new Promise((resolve, reject) => {
    cryptoSign('RSA-SHA256', Buffer.from(input), key.privateKey, (error, signature) => {
      if (error) reject(error);
      else resolve(`${input}.${signature.toString('base64url')}`);
    });
  });
}

/**
 * Claims of a token that carries our signature, else a reason why it does not. Issuer, audience, time and
 * revocation are the caller's to check. Only RS256 with our own key is accepted, whatever the header asks for.
 */
export function readAccessToken(
  key: SigningKey,
  token: string,
): { claims: AccessTokenClaims } | { problem: string } {
  const parts = token.length <= longestToken ? compactForm.exec(token) : null;
  if (!parts) return { problem: 'it is neither a JWT nor a personal access token' };
  const [, head = '', body = '', signature = ''] = parts;
  const header = z.object({ alg: z.string(), kid: z.string(), typ: z.string() }).safeParse(parse(head));
  if (!header.success) return { problem: 'its header lacks alg, kid or typ' };
  if (header.data.alg !== 'RS256')
    return { problem: `it is signed with ${printable(header.data.alg)}, not RS256` };
  if (header.data.typ !== 'at+jwt') return { problem: 'it is not an access token' };
  if (header.data.kid !== key.kid) return { problem: 'it is signed with a key that is not ours' };
  const bytes = Buffer.from(signature, 'base64url');
  // The last letter has bits that decode to nothing: one token must not have sixteen spellings.
  const written = bytes.toString('base64url') === signature;
  if (!written || !cryptoVerify('RSA-SHA256', Buffer.from(`${head}.${body}`), key.publicKey, bytes))
    return { problem: 'its signature does not fit' };
  const claims = claimsSchema.safeParse(parse(body));
  return claims.success
    ? { claims: claims.data }
    : { problem: 'its claims are not those of an access token' };
}

/** Short and harmless form of something a stranger sent, for messages. */
function printable(text: string): string {
  return text.replace(/[^\w.-]/g, '?').slice(0, 20);
}

function parse(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}
