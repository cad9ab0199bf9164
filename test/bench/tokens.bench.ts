import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { silentLog } from '../../emulator/core/index.ts';
import { openWorld } from '../../emulator/sandbox/world.ts';
import type { Bench } from './runner.ts';
import { time } from './runner.ts';

const origin = 'http://127.0.0.1:9';

/** Access tokens of one person: signed, and verified when new and when seen before, beside bare jose (RS256, 2048 bits). */
const bench: Bench = {
  name: 'tokens: mint and verify, one after the other',
  async run(measure) {
    const world = openWorld({ seed: 'bench', timeZone: 'UTC', log: silentLog });
    const { identity } = world;
    identity.addOrigin(origin);
    const principal = identity.directory.addUser({ alias: 'ana', userName: 'ana@acme.test' });
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    let lifetime = 3600;
    const mint = async () => {
      // Equal requests share one token; another lifetime makes each a request of its own.
      lifetime += 1;
      const request = {
        principal,
        how: 'u2m',
        clientId: 'bench',
        scopes: ['sql'],
        origin,
        lifetime,
      } as const;
      return (await identity.tokens.mint({ ...request, app: null })).token;
    };
    const bareMint = () =>
      new SignJWT({ scope: 'sql' })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey);
    const bareToken = await bareMint();
    const known = await mint();
    const perSecond = (count: number, work: (i: number) => Promise<unknown>) => async () =>
      (count * 1000) /
      (await time(async () => {
        for (let i = 0; i < count; i += 1) await work(i);
      }));
    const newTokens = async (count: number) => {
      const tokens: string[] = [];
      for (let i = 0; i < count; i += 1) tokens.push(await mint());
      return perSecond(count, (i) => identity.tokens.verify(tokens[i]))();
    };
    const measures = {
      'tokens minted': [perSecond(300, mint), perSecond(300, bareMint)],
      'new tokens verified': [() => newTokens(300), perSecond(300, () => jwtVerify(bareToken, publicKey))],
      'known token verified': [
        perSecond(3000, () => identity.tokens.verify(known)),
        perSecond(300, () => jwtVerify(bareToken, publicKey)),
      ],
    } as const;
    try {
      for (const [name, [ours, bare]] of Object.entries(measures)) {
        await measure({
          name,
          unit: 'tokens/s',
          higherIsBetter: true,
          rounds: 7,
          ours,
          peers: { 'bare jose': bare },
        });
      }
    } finally {
      world.close();
    }
  },
};

export default bench;
