import { load, startServer } from './processes.ts';
import type { Bench } from './runner.ts';

/** Added latency and throughput of the gateway beside bare proxies that check no session. */
const bench: Bench = {
  name: 'gateway: GET of 200 bytes, session checked, identity headers and token injected',
  async run(measure) {
    const ours = await startServer<{ url: string; cookie: string; app: string }>('sandbox.ts');
    // Every candidate stands before the same app process.
    const forwarder = await startServer('forwarder.ts', [ours.info.app]);
    const middleware = await startServer('proxy-middleware.ts', [ours.info.app]);
    const headers = { cookie: ours.info.cookie };
    try {
      for (const connections of [1, 8]) {
        const requests = connections === 1 ? 3000 : 12_000;
        const p50 = (url: string) => async () =>
          (await load({ url, connections, requests, headers, expect: '"ok":true' })).p50;
        const perSecond = (url: string) => async () =>
          (await load({ url, connections, requests, headers, expect: '"ok":true' })).perSecond;
        await measure({
          name: `gateway p50 at ${connections} connection${connections === 1 ? '' : 's'}`,
          unit: 'ms',
          rounds: 7,
          ours: p50(ours.info.url),
          peers: {
            'bare forwarder': p50(forwarder.info.url),
            'http-proxy-middleware': p50(middleware.info.url),
            direct: p50(ours.info.app),
          },
        });
        await measure({
          name: `gateway requests/s at ${connections} connection${connections === 1 ? '' : 's'}`,
          unit: 'requests/s',
          higherIsBetter: true,
          rounds: 7,
          ours: perSecond(ours.info.url),
          peers: {
            'bare forwarder': perSecond(forwarder.info.url),
            'http-proxy-middleware': perSecond(middleware.info.url),
            direct: perSecond(ours.info.app),
          },
        });
      }
    } finally {
      for (const server of [middleware, forwarder, ours]) await server.stop();
    }
  },
};

export default bench;
