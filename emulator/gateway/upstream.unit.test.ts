import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { guest } from './testing/fake-identity.ts';
import { type AppHandler, createWorld } from './testing/world.ts';

const kinds = ['node', 'http-proxy-middleware'] as const;

/** Resolves when the emitter says so. */
const once = (emitter: { once(event: string, listener: (value: unknown) => void): unknown }, event: string) =>
  new Promise<unknown>((resolve) => emitter.once(event, resolve));

for (const upstream of kinds) {
  test(`${upstream}: 1 MB up and down, byte for byte, by length and in chunks`, async () => {
    await using world = await createWorld({ upstream });
    const cookie = await world.signedIn();
    const body = Buffer.alloc(1024 * 1024, 'abcdefghij\n');
    const sized = await world.send(
      '/up',
      { method: 'POST', headers: { cookie, 'content-length': body.length } },
      body,
    );
    expect(JSON.parse(sized.body).body).toBe(body.toString('latin1'));
    const chunked = await world.send(
      '/up',
      { method: 'PUT', headers: { cookie, 'transfer-encoding': 'chunked', expect: '100-continue' } },
      body,
    );
    expect(JSON.parse(chunked.body).body).toHaveLength(body.length);
    expect(JSON.parse(chunked.body).headers.expect).toBeUndefined();
    const empty = await world.send('/up', { method: 'DELETE', headers: { cookie } });
    expect(JSON.parse(empty.body).body).toBe('');
  });

  test(`${upstream}: status, repeated headers, HEAD, 204, 304 and trailers are kept`, async () => {
    const app: AppHandler = (req, res) => {
      if (req.url === '/no') return void res.writeHead(204).end();
      if (req.url === '/same') return void res.writeHead(304, { etag: '"1"' }).end();
      res.writeHead(418, 'Short and stout', [
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'X-App',
        'yes',
        'Trailer',
        'X-Sum',
        'Connection',
        'X-Hop',
        'X-Hop',
        '1',
        'Transfer-Encoding',
        'chunked',
      ]);
      res.write('tea');
      res.addTrailers({ 'X-Sum': '42' });
      res.end();
    };
    await using world = await createWorld({ upstream, app });
    const cookie = await world.signedIn();
    const reply = await world.get('/tea', { cookie });
    expect([reply.status, reply.body]).toEqual([418, 'tea']);
    expect(reply.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(reply.trailers).toEqual({ 'x-sum': '42' });
    expect((await world.send('/tea', { method: 'HEAD', headers: { cookie } })).status).toBe(418);
    expect((await world.get('/no', { cookie })).status).toBe(204);
    expect((await world.get('/same', { cookie })).headers.etag).toBe('"1"');
  });

  test(`${upstream}: an event stream arrives as it is written, headers first`, async () => {
    let finish = () => {};
    let start = () => {};
    const app: AppHandler = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.flushHeaders();
      start = () => res.write('data: one\n\n');
      finish = () => res.end('data: two\n\n');
    };
    await using world = await createWorld({ upstream, app });
    const headers = { cookie: await world.signedIn() };
    const text = await new Promise<string>((resolve, reject) => {
      request(world.gateway.origin, { headers, agent: false }, (answer) => {
        let seen = '';
        start();
        answer.on('data', (chunk: Buffer) => {
          seen += chunk;
          if (seen === 'data: one\n\n') finish();
        });
        answer.on('end', () => resolve(seen));
      })
        .on('error', reject)
        .end();
    });
    expect(text).toBe('data: one\n\ndata: two\n\n');
  });

  test(`${upstream}: a caller that leaves ends the app’s request, an app that breaks ends the caller’s`, async () => {
    let left: () => void = () => {};
    const appSawAbort = new Promise<void>((resolve) => {
      left = resolve;
    });
    const app: AppHandler = (req, res) => {
      if (req.url === '/break') {
        res.writeHead(200, { 'content-length': 100 });
        res.write('half');
        setImmediate(() => res.destroy());
        return;
      }
      res.on('close', left);
      res.write('first');
    };
    await using world = await createWorld({ upstream, app });
    const cookie = await world.signedIn();
    const out = request(`${world.gateway.origin}/wait`, { headers: { cookie }, agent: false }, (answer) =>
      answer.once('data', () => out.destroy()),
    );
    out.on('error', () => {});
    out.end();
    await appSawAbort;
    await expect(world.get('/break', { cookie })).rejects.toThrow();
    const entries = await world.ended(2);
    expect(entries.map(({ status, outcome }) => [status, outcome])).toEqual([
      [200, 'proxied'],
      [200, 'proxied'],
    ]);
  });

  test(`${upstream}: M: nobody listening is 502, N: too slow is 504, both explained`, async () => {
    await using world = await createWorld({ upstream, settings: { first_byte_timeout: 0.1 }, app: () => {} });
    const cookie = await world.signedIn();
    const slow = await world.get('/slow', { cookie });
    expect(slow.status).toBe(504);
    expect(slow.body).toContain('first_byte_timeout (0.1 s)');
    world.appServer.closeAllConnections();
    await new Promise((resolve) => world.appServer.close(resolve));
    const gone = await world.get('/', { cookie });
    expect(gone.status).toBe(502);
    expect(gone.body).toContain('ECONNREFUSED');
    world.backend.reachable = false;
    world.backend.current = 'starting';
    expect((await world.get('/', { cookie })).status).toBe(502);
    const entries = await world.ended(3);
    expect(entries.map(({ outcome }) => outcome)).toEqual(['timeout', 'unavailable', 'unavailable']);
  });

  test(`${upstream}: a stream is cut at stream_timeout however busy it is`, async () => {
    const app: AppHandler = (_req, res) => {
      const timer = setInterval(() => res.write('tick\n'), 10);
      res.on('close', () => clearInterval(timer));
    };
    await using world = await createWorld({ upstream, app, settings: { stream_timeout: 0.15 } });
    await expect(world.get('/', { cookie: await world.signedIn() })).rejects.toThrow();
    expect((await world.ended(1))[0]).toMatchObject({ status: 200, outcome: 'timeout' });
  });

  test(`${upstream}: max_body counts what is announced and what is sent`, async () => {
    await using world = await createWorld({ upstream, settings: { max_body: 1000 } });
    const cookie = await world.signedIn();
    const post = (body: string, headers: Record<string, string>) =>
      world.send('/', { method: 'POST', headers: { cookie, ...headers } }, body);
    expect((await post('x'.repeat(1000), { 'transfer-encoding': 'chunked' })).status).toBe(200);
    expect((await post('x'.repeat(1001), { 'content-length': '1001' })).status).toBe(413);
    expect((await post('x'.repeat(1001), { 'transfer-encoding': 'chunked' })).status).toBe(413);
  });

  test(`${upstream}: a WebSocket carries the identity of its upgrade and echoes`, async () => {
    const appServer = createServer();
    const sockets = new WebSocketServer({ server: appServer });
    sockets.on('connection', (socket, req) => {
      socket.send(JSON.stringify(req.headers));
      socket.on('message', (data) => socket.send(String(data)));
    });
    await using world = await createWorld({ upstream, appServer });
    const cookie = await world.signedIn();
    const client = new WebSocket(`${world.gateway.origin.replace('http', 'ws')}/chat`, {
      headers: { cookie, 'x-forwarded-email': 'evil@acme.test' },
    });
    const headers = JSON.parse(String(await once(client, 'message')));
    expect(headers).toMatchObject({ 'x-forwarded-email': 'ana@acme.test' });
    expect(headers['x-forwarded-access-token']).toBeDefined();
    expect(headers.cookie).toBeUndefined();
    const big = 'x'.repeat(200_000);
    client.send(big);
    expect(String(await once(client, 'message'))).toBe(big);
    expect(world.gateway.exchangeOpen(headers['x-request-id'])).toBe(true);
    client.close(1000);
    expect(await once(client, 'close')).toBe(1000);
    expect((await world.ended(1))[0]).toMatchObject({
      status: 101,
      outcome: 'proxied',
      exchange: headers['x-request-id'],
    });
    sockets.close();
  });

  test(`${upstream}: an upgrade is refused like a request, and by the app in its own words`, async () => {
    await using world = await createWorld({
      upstream,
      app: (_req, res) => res.writeHead(426, { 'x-app': 'no', 'content-length': '6' }).end('not ws'),
    });
    const attempt = (path: string, headers: Record<string, string>) =>
      new Promise<[number | undefined, string]>((resolve) => {
        new WebSocket(`${world.gateway.origin.replace('http', 'ws')}${path}`, { headers })
          .on('unexpected-response', (_out, answer) => {
            answer.on('data', (chunk: Buffer) => resolve([answer.statusCode, chunk.toString()]));
            answer.on('end', () => resolve([answer.statusCode, '']));
          })
          .on('error', () => {});
      });
    const cookie = await world.signedIn();
    expect((await attempt('/api/ws', {}))[0]).toBe(401);
    expect((await attempt('/ws', {}))[0]).toBe(302);
    expect((await attempt('/ws', { cookie: await world.signedIn(guest) }))[0]).toBe(403);
    expect((await attempt('/ws', { cookie, origin: 'http://127.0.0.1:1' }))[0]).toBe(302);
    expect(await attempt('/ws', { cookie })).toEqual([426, 'not ws']);
    world.backend.current = 'stopped';
    expect((await attempt('/ws', { cookie }))[0]).toBe(503);
  });

  test(`${upstream}: a silent WebSocket is closed`, async () => {
    const appServer = createServer();
    const sockets = new WebSocketServer({ server: appServer });
    await using world = await createWorld({ upstream, appServer, settings: { websocket_idle_timeout: 0.1 } });
    const client = new WebSocket(world.gateway.origin.replace('http', 'ws'), {
      headers: { cookie: await world.signedIn() },
    });
    expect(await once(client, 'close')).toBe(1006);
    expect((await world.ended(1))[0]).toMatchObject({ status: 101, outcome: 'timeout' });
    sockets.close();
  });

  test(`${upstream}: drain ends what is open with 503 and says why`, async () => {
    let opened = () => {};
    const both = new Promise<void>((resolve) => {
      let count = 0;
      opened = () => {
        count += 1;
        if (count === 2) resolve();
      };
    });
    const appServer = createServer((req, res) => {
      opened();
      if (req.url === '/streaming') res.write('begun');
    });
    const sockets = new WebSocketServer({ server: appServer });
    await using world = await createWorld({ upstream, appServer });
    const cookie = await world.signedIn();
    const client = new WebSocket(world.gateway.origin.replace('http', 'ws'), { headers: { cookie } });
    await once(client, 'open');
    const closed = new Promise((resolve) =>
      client.on('close', (code, reason) => resolve([code, String(reason)])),
    );
    const waiting = world.get('/waiting', { cookie });
    const streamed = request(`${world.gateway.origin}/streaming`, { headers: { cookie }, agent: false });
    const begun = once(streamed, 'response');
    streamed.end();
    const answer = (await begun) as IncomingMessage;
    const streaming = new Promise<Error>((resolve) => answer.on('error', resolve));
    answer.resume();
    await both;
    await world.gateway.drain('The sandbox is being reset.');
    const reply = await waiting;
    expect(reply.status).toBe(503);
    expect(reply.body).toContain('The sandbox is being reset.');
    expect((await streaming).message).toContain('aborted');
    expect(await closed).toEqual([1012, 'The sandbox is being reset.']);
    expect(world.exchanges()).toHaveLength(3);
    expect(world.exchanges().every(({ outcome }) => outcome === 'unavailable')).toBe(true);
    sockets.close();
  });

  test(`${upstream}: the app may listen on a unix socket`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brickbox-gateway-'));
    try {
      await using world = await createWorld({ upstream, socketPath: join(folder, 'app.sock') });
      const reply = await world.get('/over', { cookie: await world.signedIn() });
      expect(JSON.parse(reply.body).url).toBe('/over');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test(`${upstream}: an app that closes kept connections is no error to the caller`, async () => {
    let kept: Socket | undefined;
    const app: AppHandler = (req, res) => {
      kept = req.socket;
      res.end('ok');
    };
    await using world = await createWorld({ upstream, app });
    const cookie = await world.signedIn();
    for (let i = 0; i < 20; i += 1) {
      expect((await world.get('/', { cookie })).status).toBe(200);
      if (upstream === 'node') kept?.destroy();
    }
  });
}

test('nothing stays open after close', async () => {
  const world = await createWorld();
  const cookie = await world.signedIn();
  await world.get('/', { cookie });
  const { port } = new URL(world.gateway.origin);
  const idle = connect(Number(port), '127.0.0.1');
  await once(idle, 'connect');
  const gone = once(idle, 'close');
  idle.resume();
  await world.gateway.close();
  await gone;
  await expect(world.get('/', { cookie })).rejects.toThrow('ECONNREFUSED');
  await world[Symbol.asyncDispose]();
});
