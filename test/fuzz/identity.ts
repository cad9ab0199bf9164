import { sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadSigningKey } from '../../emulator/identity/index.ts';
import { createSandbox, type Sandbox } from '../../emulator/index.ts';
import { headerAttacks } from './headers.ts';
import { createRandom } from './random.ts';
import { type Material, tokenAttacks } from './tokens.ts';
import { createCaller, sendRaw } from './wire.ts';

/** What got through that should not have; empty is good. */
export interface FuzzReport {
  seed: number;
  cases: Record<string, number>;
  total: number;
  /** Attack, case number and what was seen. */
  through: { attack: string; index: number; where: string; seen: string }[];
}

interface Seen {
  path: string;
  rawHeaders: string[];
  rawTrailers: string[];
}

const people = {
  admin: { user_name: 'admin@acme.test', groups: ['admins'] },
  ana: { user_name: 'ana@acme.test', groups: ['emea'] },
};

/** A sandbox with an app that remembers what reaches it. `ana` may use it. */
export function openFuzzHouse(): Promise<Sandbox> {
  return createSandbox({
    folder: join(import.meta.dirname, 'app'),
    config: {
      personas: people,
      apps: {
        recorder: {
          source_code_path: '.',
          user_api_scopes: ['sql'],
          permissions: [{ group_name: 'emea', level: 'CAN_USE' }],
        },
      },
      egress: { mode: 'cooperative' },
    },
  });
}

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const tokenType = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;

/** Forged tokens at every door that takes one: workspace, gateway (header and cookie), token endpoint. */
export async function fuzzTokens(house: Sandbox, cases: number, seed: number): Promise<FuzzReport> {
  const report: FuzzReport = { seed, cases: {}, total: 0, through: [] };
  const { call, close } = createCaller();
  let keyRequests = 0;
  const keyServer = createServer((_req, res) => {
    keyRequests += 1;
    res.end('{}');
  });
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
  await using other = await openFuzzHouse();
  const material = await gather(
    house,
    other,
    `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`,
  );
  const cookieName = (await house.as('ana').cookie()).split('=')[0];
  const app = house.apps[0]!.url;

  const doors = (token: string): Record<string, () => Promise<boolean>> => {
    const form = (fields: Record<string, string>) => async () =>
      (
        await call(`${house.workspaceUrl}/oidc/v1/token`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(fields).toString(),
        })
      ).status !== 200;
    // What a header cannot carry never leaves a client.
    const header = /^[\x20-\x7e\x80-\xff]*$/.test(token);
    return {
      ...(header && {
        workspace: async () => {
          const me = `${house.workspaceUrl}/api/2.0/preview/scim/v2/Me`;
          const answer = await call(me, { headers: { authorization: `Bearer ${token}` } });
          return answer.status === 401 || answer.status === 403;
        },
        gateway: async () =>
          refusedAtGateway(await call(`${app}/api/x`, { headers: { authorization: `Bearer ${token}` } })),
        'gateway cookie': async () =>
          refusedAtGateway(await call(`${app}/api/x`, { headers: { cookie: `${cookieName}=${token}` } })),
      }),
      exchange: form({ grant_type: exchange, subject_token: token, subject_token_type: tokenType('jwt') }),
      'exchange of an access token': form({
        grant_type: exchange,
        subject_token: token,
        subject_token_type: tokenType('access_token'),
        return_original_token_if_authenticated: 'true',
      }),
      'exchange of a PAT': form({
        grant_type: exchange,
        subject_token: token,
        subject_token_type: 'urn:databricks:params:oauth:token-type:personal-access-token',
      }),
      'jwt-bearer': form({ grant_type: jwtBearer, assertion: token }),
      refresh: form({ grant_type: 'refresh_token', client_id: 'databricks-cli', refresh_token: token }),
    };
  };

  try {
    const attacks = Object.entries(tokenAttacks);
    for (let index = 0; index < cases; index += 1) {
      const [attack, make] = attacks[index % attacks.length]!;
      const token = make(material, createRandom(seed + index));
      if (token === material.valid || token === '') continue;
      report.total += 1;
      report.cases[attack] = (report.cases[attack] ?? 0) + 1;
      for (const [where, refused] of Object.entries(doors(token))) {
        // A session cookie is what that door is for.
        if (where === 'gateway cookie' && token === material.session) continue;
        if (!(await refused())) report.through.push({ attack, index, where, seen: 'accepted' });
      }
    }
    if (keyRequests > 0) {
      report.through.push({ attack: 'key from an address', index: -1, where: 'key server', seen: 'asked' });
    }
    // The doors are not simply shut.
    const good = await call(`${app}/api/x`, { headers: { authorization: `Bearer ${material.valid}` } });
    if (refusedAtGateway(good)) throw new Error('The good token was refused too: the run proves nothing.');
  } finally {
    close();
    keyServer.close();
  }
  return report;
}

const refusedAtGateway = ({ status, body }: { status: number; body: string }) =>
  [302, 400, 401, 403].includes(status) && !body.includes('reached the app');

async function gather(house: Sandbox, other: Sandbox, keyServer: string): Promise<Material> {
  const valid = await house.as('ana').token({ scopes: ['sql', 'iam.current-user:read'] });
  const otherToken = await other.as('admin').token();
  const key = loadSigningKey();
  const expired = await house.as('ana').token({ lifetime: 1, scopes: ['sql', 'genie'] });
  house.clock.advance(2000);
  const header = JSON.parse(Buffer.from(valid.split('.')[0]!, 'base64url').toString());
  const claims = JSON.parse(Buffer.from(valid.split('.')[1]!, 'base64url').toString());
  const signWith = (head: object, body: object) => {
    const input = `${Buffer.from(JSON.stringify(head)).toString('base64url')}.${Buffer.from(JSON.stringify(body)).toString('base64url')}`;
    return `${input}.${sign('sha256', Buffer.from(input), key.privateKey).toString('base64url')}`;
  };
  const pat = house.createPat('admin');
  const session = (await house.as('ana').cookie()).split('=').slice(1).join('=');
  return {
    valid,
    publicKey: key.publicKey,
    kid: header.kid,
    origin: house.workspaceUrl,
    workspaceId: house.workspaceId,
    admin: people.admin.user_name,
    keyServer,
    signedByIssuer: {
      idToken: signWith(
        { kid: header.kid, typ: 'JWT', alg: 'RS256' },
        { ...claims, sub: people.admin.user_name, aud: 'databricks-cli' },
      ),
      otherSandbox: otherToken,
      sign: signWith,
    },
    dead: [expired],
    session,
    otherKinds: [
      claims.jti,
      session,
      house.apps[0]!.env['DATABRICKS_CLIENT_SECRET'] ?? '-',
      house.apps[0]!.env['DATABRICKS_CLIENT_ID'] ?? '-',
    ],
    pat,
  };
}

/** Forged headers and framings at gateway and workspace, with a session, with a token and with nothing. */
export async function fuzzHeaders(house: Sandbox, cases: number, seed: number): Promise<FuzzReport> {
  const report: FuzzReport = { seed, cases: {}, total: 0, through: [] };
  const app = new URL(house.apps[0]!.url);
  const workspace = new URL(house.workspaceUrl);
  const token = await house.as('ana').token();
  const credentials = [`Cookie: ${await house.as('ana').cookie()}`, `Authorization: Bearer ${token}`, ''];
  const seen = async () => (await (await house.as('ana').fetch('/seen')).json()) as Seen[];
  await seen();
  const attacks = Object.entries(headerAttacks);
  let reached = 0;
  for (let index = 0; index < cases; index += 1) {
    const [attack, make] = attacks[index % attacks.length]!;
    const random = createRandom(seed + index);
    const credential = random.pick(credentials);
    const mark = `forged${index}`;
    const path = `/case-${index}`;
    report.total += 1;
    report.cases[attack] = (report.cases[attack] ?? 0) + 1;
    const through = (where: string, what: string) =>
      report.through.push({ attack, index, where, seen: what.slice(0, 300) });

    await sendRaw(Number(app.port), make({ host: app.host, credential, path, mark }, random));
    for (const arrived of await seen()) {
      reached += 1;
      const problem = problemOf(arrived, path, credential !== '', mark);
      if (problem) through('gateway', problem);
    }
    const me = { host: workspace.host, credential: `Authorization: Bearer ${token}`, mark };
    const answer = await sendRaw(
      Number(workspace.port),
      make({ ...me, path: '/api/2.0/preview/scim/v2/Me' }, createRandom(seed + index)),
    );
    if (/admin@acme\.test/.test(answer)) through('workspace', answer);
  }
  if (reached === 0) throw new Error('No request reached the app: the run proves nothing.');
  return report;
}

const platformNames =
  /^(?:x-forwarded-(?:user|email|preferred-username|access-token|groups|host|for|proto|port)|x-real-ip|x-request-id|gap-auth)$/;

/** Why a request at the app is not what its sender may cause; undefined when all is well. */
export function problemOf(arrived: Seen, path: string, signedIn: boolean, mark: string): string | undefined {
  if (!signedIn) return `somebody without a session reached ${arrived.path}`;
  if (arrived.path.includes('smuggled')) return `a hidden request came out: ${arrived.path}`;
  if (!arrived.path.startsWith(path) && !/^(?:http:\/\/|\*$)/.test(arrived.path))
    return `unexpected path ${arrived.path}`;
  const emails: string[] = [];
  const all = [...arrived.rawHeaders, ...arrived.rawTrailers];
  for (let i = 0; i < all.length; i += 2) {
    const name = (all[i] ?? '').toLowerCase().replace(/[^a-z0-9]/g, '-');
    const value = all[i + 1] ?? '';
    if (platformNames.test(name) && value.includes(mark)) return `${all[i]}: ${value}`;
    if (name === 'x-forwarded-email') emails.push(value);
  }
  return emails.join() === 'ana@acme.test'
    ? undefined
    : `X-Forwarded-Email is ${emails.join(' and ') || 'missing'}`;
}

/** `pnpm fuzz:identity [--cases N] [--seed S] [--only tokens|headers]`. */
export async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { cases: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
  });
  const cases = Number(values.cases ?? 5000);
  const seed = Number(values.seed ?? 1);
  await using house = await openFuzzHouse();
  const runs = { tokens: fuzzTokens, headers: fuzzHeaders };
  for (const [name, run] of Object.entries(runs)) {
    if (values.only !== undefined && values.only !== name) continue;
    const report = await run(house, cases, seed);
    console.log(`${name}: ${report.total} cases, ${report.through.length} got through (seed ${seed})`);
    for (const [attack, count] of Object.entries(report.cases))
      console.log(`  ${String(count).padStart(6)}  ${attack}`);
    for (const found of report.through.slice(0, 50)) console.log(`  THROUGH ${JSON.stringify(found)}`);
    if (report.through.length > 0) process.exitCode = 1;
  }
}
