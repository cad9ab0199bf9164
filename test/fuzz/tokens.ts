import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Random } from './random.ts';

/** What an attacker can come by, and a few things they should not. */
export interface Material {
  /** Good tokens of ana, who may little, as the attacker's raw material. */
  valid: string;
  /** Public key of the issuer. */
  publicKey: KeyObject;
  kid: string;
  origin: string;
  workspaceId: string;
  admin: string;
  /** Where an attacker serves keys; nobody may come. */
  keyServer: string;
  /** Signed with the issuer's own private key, because another part of the house uses it too. */
  signedByIssuer: { idToken: string; otherSandbox: string; sign(header: object, claims: object): string };
  /** Once good, not any more. */
  dead: readonly string[];
  /** Bearers of another kind: refresh token, code, session cookie, secret, id of a token. */
  otherKinds: readonly string[];
  /** Value of a session cookie at the gateway. */
  session: string;
  pat: string;
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A JWT signed by the attacker's own key. */
function forge(header: object, claims: unknown, key: 'rsa' | 'ec' | 'pss' = 'rsa', hash = 'sha256'): string {
  const input = `${encode(header)}.${encode(claims)}`;
  const options =
    key === 'ec'
      ? ({ key: ec.privateKey, dsaEncoding: 'ieee-p1363' } as const)
      : key === 'pss'
        ? { key: rsa.privateKey, padding: 6, saltLength: 32 }
        : rsa.privateKey;
  return `${input}.${sign(hash, Buffer.from(input), options).toString('base64url')}`;
}

const parts = (token: string) => token.split('.') as [string, string, string];
const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());

/** Claims that would make the attacker somebody else. */
function wanted(m: Material, random: Random): Record<string, unknown> {
  const claims = decode(parts(m.valid)[1]);
  const changes: Record<string, unknown>[] = [
    { sub: m.admin },
    { sub: m.admin, scope: 'all-apis' },
    { scope: 'all-apis' },
    { exp: 4_102_444_800 },
    { sub: m.admin, jti: '00000000-0000-4000-8000-000000000000' },
    { iss: `${m.origin}/oidc/`, sub: m.admin },
    { aud: [m.workspaceId, 'x'], sub: m.admin },
    { sub: [m.admin] },
    { sub: { toString: m.admin } },
    { __proto__: { sub: m.admin }, sub: m.admin },
    { email: m.admin, preferred_username: m.admin, sub: m.admin },
  ];
  return { ...claims, ...random.pick(changes) };
}

const ourHeader = (m: Material) => ({ kid: m.kid, typ: 'at+jwt', alg: 'RS256' });

/** Every row makes one forged token from what there is. Names stand in docs/coverage/attacks.md. */
export const tokenAttacks: Readonly<Record<string, (m: Material, random: Random) => string>> = {
  'no signature algorithm': (m, random) => {
    const alg = random.pick(['none', 'None', 'NONE', 'nOnE', '', null, 'none ']);
    const [, , signature] = parts(m.valid);
    return `${encode({ ...ourHeader(m), alg })}.${encode(wanted(m, random))}.${random.pick(['', signature, 'AA'])}`;
  },
  'public key as HMAC secret': (m, random) => {
    const jwk = m.publicKey.export({ format: 'jwk' });
    const secret = random.pick([
      m.publicKey.export({ type: 'spki', format: 'pem' }),
      String(m.publicKey.export({ type: 'spki', format: 'pem' })).trim(),
      m.publicKey.export({ type: 'pkcs1', format: 'pem' }),
      m.publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(jwk),
      String(jwk.n),
      Buffer.from(String(jwk.n), 'base64url'),
      m.kid,
      '',
    ]);
    const [alg, hash] = random.pick([
      ['HS256', 'sha256'],
      ['HS384', 'sha384'],
      ['HS512', 'sha512'],
      ['RS256', 'sha256'],
    ] as const);
    const input = `${encode({ ...ourHeader(m), alg })}.${encode(wanted(m, random))}`;
    return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
  },
  'own key under the issuer’s kid': (m, random) => forge(ourHeader(m), wanted(m, random)),
  'other algorithms': (m, random) => {
    const [alg, key, hash] = random.pick([
      ['ES256', 'ec', 'sha256'],
      ['PS256', 'pss', 'sha256'],
      ['RS384', 'rsa', 'sha384'],
      ['RS512', 'rsa', 'sha512'],
      ['rs256', 'rsa', 'sha256'],
      ['RS256 ', 'rsa', 'sha256'],
    ] as const);
    return forge({ ...ourHeader(m), alg }, wanted(m, random), key, hash);
  },
  'key inside the header': (m, random) => {
    const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: m.kid, use: 'sig', alg: 'RS256' };
    const der = rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    return forge(
      { ...ourHeader(m), ...random.pick([{ jwk }, { x5c: [der] }, { jwk, x5c: [der] }, { keys: [jwk] }]) },
      wanted(m, random),
    );
  },
  'key from an address': (m, random) => {
    const url = `${m.keyServer}/${random.pick(['jwks.json', 'cert.pem', `..%2f${m.kid}`])}`;
    const header = random.pick([
      { jku: url },
      { x5u: url },
      { jku: url, kid: 'attacker' },
      { kid: url },
      { jku: `${m.origin}/oidc/jwks.json@${url}` },
    ]);
    return forge({ ...ourHeader(m), ...header }, { ...wanted(m, random), jku: url });
  },
  'kid tricks': (m, random) =>
    forge(
      {
        ...ourHeader(m),
        kid: random.pick([
          '',
          null,
          [m.kid],
          { toString: m.kid },
          '../../../../dev/null',
          `${m.kid}' OR '1'='1`,
          `${m.kid}\u0000`,
          m.kid.toUpperCase(),
          `${m.kid}.`,
          '__proto__',
          random.text(base64url, 1, 4000),
          0,
        ]),
      },
      wanted(m, random),
    ),
  'changed claims under the old signature': (m, random) => {
    const [head, , signature] = parts(m.valid);
    return `${head}.${encode(wanted(m, random))}.${signature}`;
  },
  'a claim twice': (m, random) => {
    const [head, body, signature] = parts(m.valid);
    const text = Buffer.from(body, 'base64url').toString();
    const twice = random.pick([
      text.replace('{', `{"sub":"${m.admin}",`),
      text.replace(/\}$/, `,"sub":"${m.admin}"}`),
      text.replace(/\}$/, `,"\\u0073ub":"${m.admin}"}`),
      text.replace(/\}$/, `,"scope":"all-apis","scope":"all-apis"}`),
    ]);
    const input = `${encode(ourHeader(m))}.${encode(twice)}`;
    return random.chance(0.5)
      ? `${head}.${encode(twice)}.${signature}`
      : `${input}.${sign('sha256', Buffer.from(input), rsa.privateKey).toString('base64url')}`;
  },
  'bent signature': (m, random) => {
    const [head, body, signature] = parts(m.valid);
    const at = random.int(signature.length);
    const bent = random.pick([
      `${signature.slice(0, at)}${random.pick([...base64url].filter((c) => c !== signature[at]))}${signature.slice(at + 1)}`,
      signature.slice(0, at),
      `${signature}${random.text(base64url, 1, 8)}`,
      `${signature}==`,
      `${signature}.`,
      '',
      random.text(base64url, 342, 342),
      Buffer.alloc(256).toString('base64url'),
      Buffer.alloc(256, 255).toString('base64url'),
    ]);
    return `${head}.${body}.${bent}`;
  },
  'signature written another way': (m) => {
    // The last letter carries four bits that decode to nothing.
    const last = base64url.indexOf(m.valid.at(-1)!);
    return m.valid.slice(0, -1) + base64url[last ^ 1];
  },
  'cut or doubled': (m, random) => {
    const [head, body, signature] = parts(m.valid);
    return random.pick([
      m.valid.slice(0, random.int(m.valid.length)),
      m.valid.slice(1 + random.int(m.valid.length - 1)),
      `${head}.${body}`,
      `${head}..${signature}`,
      `.${body}.${signature}`,
      `${m.valid}.${body}`,
      `${m.valid}.${body}.${signature}`,
      `${m.valid}${m.valid}`,
      `${head}.${head}.${body}.${body}.${signature}`,
      `${m.valid},${m.valid}`,
      [...m.valid].reverse().join(''),
    ]);
  },
  'strange letters': (m, random) => {
    const at = random.int(m.valid.length);
    const letter = random.pick([
      'é',
      '\u0130',
      'ａ',
      '\u200b',
      '\ud83d\ude00',
      '\u0000',
      '%00',
      '+',
      '/',
      '"',
      "'",
    ]);
    return m.valid.slice(0, at) + letter + m.valid.slice(at + (random.chance(0.5) ? 0 : 1));
  },
  'extensions of the header': (m, random) =>
    forge(
      {
        ...ourHeader(m),
        ...random.pick([
          { crit: ['exp'] },
          { crit: ['b64'], b64: false },
          { zip: 'DEF' },
          { cty: 'JWT' },
          { enc: 'A256GCM', alg: 'dir' },
          { typ: 'JWT' },
          { typ: 'AT+JWT' },
        ]),
      },
      random.chance(0.3) ? m.valid : wanted(m, random),
    ),
  'another form of JWS': (m, random) => {
    const [head, body, signature] = parts(m.valid);
    return random.pick([
      JSON.stringify({ protected: head, payload: body, signature }),
      JSON.stringify({ payload: body, signatures: [{ protected: head, signature }] }),
      `${encode({ protected: head })}.${body}.${signature}`,
      Buffer.from(m.valid).toString('base64'),
    ]);
  },
  'a token of this key for another use': (m) => m.signedByIssuer.idToken,
  'a token of another sandbox': (m) => m.signedByIssuer.otherSandbox,
  'a good signature over an unknown token': (m, random) => {
    const claims = decode(parts(m.valid)[1]);
    return m.signedByIssuer.sign(
      ourHeader(m),
      random.pick<Record<string, unknown>>([
        { ...claims, sub: m.admin, jti: '11111111-2222-4333-8444-555555555555' },
        { ...claims, iss: 'https://other.cloud.databricks.com/oidc' },
        { ...claims, aud: '1' },
        { ...claims, jti: '' },
        { ...claims, jti: "' OR 1=1 --" },
        { ...claims, jti: undefined },
        { ...claims, scope: ['all-apis'] },
        { sub: m.admin },
      ]),
    );
  },
  'a dead token': (m, random) => random.pick(m.dead),
  'a bearer of another kind': (m, random) => random.pick(m.otherKinds),
  'a guessed personal access token': (m, random) => {
    const at = 4 + random.int(m.pat.length - 4);
    return random.pick([
      `dapi${random.text('0123456789abcdef', 32, 32)}`,
      m.pat.slice(0, at),
      m.pat.toUpperCase(),
      `${m.pat}${random.pick(['-2', '0', '%00', "'--"])}`,
      `dapi' OR '1'='1`,
      m.pat.slice(4),
      `dapi${random.text('0123456789abcdef%_', 1, 32)}`,
      `dapi%`,
    ]);
  },
  noise: (_m, random) =>
    random.pick([
      random.text(base64url, 1, 3000),
      `${random.text(base64url, 1, 40)}.${random.text(base64url, 1, 40)}.${random.text(base64url, 1, 40)}`,
      `${encode('{')}.${encode('}')}.AA`,
      `${encode('null')}.${encode('null')}.AA`,
      `${encode('[]')}.${encode('{"__proto__":{"admin":true}}')}.AA`,
      'undefined',
      'null',
      'Bearer',
      '-',
      'A'.repeat(10_000),
    ]),
};
