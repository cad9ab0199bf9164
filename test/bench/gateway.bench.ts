import { spawnSync } from 'node:child_process';
import { load, startServer } from './processes.ts';
import type { Bench, Candidate } from './runner.ts';
import { firstEvent, type Headers, upload, webSocketEcho } from './streams.ts';

const noNginx =
  'nginx is not installed, so it is not compared (Debian: apt-get install nginx-light, which has auth_request).';

/** Latency, throughput and streaming of the gateway beside bare proxies that check no session, and nginx that does. */
const bench: Bench = {
  name: 'gateway: GET of 200 bytes, session checked, identity headers and token injected',
  async run(measure) {
    const ours = await startServer<{ url: string; cookie: string; app: string }>('sandbox.ts');
    const { app, cookie } = ours.info;
    // Every candidate stands before the same app process.
    const forwarder = await startServer('forwarder.ts', [app]);
    const middleware = await startServer('proxy-middleware.ts', [app]);
    const hasNginx = spawnSync('nginx', ['-v']).status === 0;
    if (!hasNginx) console.error(noNginx);
    const nginx = hasNginx ? await startServer('nginx-auth.ts', [app, cookie]) : undefined;
    const headers: Headers = { cookie };
    const all = (of: (url: string) => Candidate) => ({
      ours: of(ours.info.url),
      peers: {
        'bare forwarder': of(forwarder.info.url),
        'http-proxy-middleware': of(middleware.info.url),
        ...(nginx && { 'nginx auth_request': of(nginx.info.url) }),
        direct: of(app),
      },
    });
    try {
      for (const connections of [1, 8, 64]) {
        const requests = connections === 1 ? 3000 : 12_000;
        const run = (url: string) => load({ url, connections, requests, headers, expect: '"ok":true' });
        const at = `${connections} connection${connections === 1 ? '' : 's'}`;
        await measure({
          name: `gateway p50 at ${at}`,
          unit: 'ms',
          rounds: 7,
          ...all((url) => async () => (await run(url)).p50),
        });
        await measure({
          name: `gateway requests/s at ${at}`,
          unit: 'requests/s',
          higherIsBetter: true,
          rounds: 7,
          ...all((url) => async () => (await run(url)).perSecond),
        });
      }
      for (const [name, of] of [
        ['gateway upload of 1 MB', upload],
        ['gateway first event of a stream', firstEvent],
        ['gateway WebSocket message there and back', webSocketEcho],
      ] as const) {
        await measure({ name, unit: 'ms', rounds: 7, ...all((url) => () => of(url, headers)) });
      }
    } finally {
      for (const server of [nginx, middleware, forwarder, ours]) await server?.stop();
    }
  },
};

export default bench;
