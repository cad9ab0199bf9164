import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An identity provider outside the sandbox, as far as its keys and tokens go. */
export function createForeignIssuer(issuer: string, alg: 'RS256' | 'ES256' = 'RS256') {
  const kid = 'foreign-1';
  const pair: { privateKey: KeyObject; publicKey: KeyObject } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return {
    issuer,
    jwk,
    publicKey: pair.publicKey,
    jwksJson: JSON.stringify({ keys: [jwk] }),
    /** A signed JWT, good for five minutes; `claims` and `header` overwrite. */
    token(claims: Record<string, unknown>, header: Record<string, unknown> = {}): string {
      const now = Math.floor(Date.now() / 1000);
      const input = `${encode({ alg, kid, typ: 'JWT', ...header })}.${encode({ iss: issuer, iat: now, exp: now + 300, ...claims })}`;
      const key =
        alg === 'RS256' ? pair.privateKey : ({ key: pair.privateKey, dsaEncoding: 'ieee-p1363' } as const);
      return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
    },
  };
}
