import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { listen, openRig, type Rig } from '../test-rig.ts';

const curl = (rig: Rig, ...args: string[]) => rig.run(['curl', '-sS', '-i', '--max-time', '10', ...args]);

/** Sends raw bytes to the gate and returns all it answers. */
async function raw(rig: Rig, text: string): Promise<string> {
  const { port } = new URL((await rig.appEnv())['HTTP_PROXY'] ?? '');
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.end(text));
    socket.on('data', (part) => {
      answer += part;
    });
    socket.on('error', () => resolve(`${answer}reset`));
    socket.on('close', () => resolve(answer));
  });
}

test('a denied host gets 403 with the header, naming host, policy and what to declare', async () => {
  await using rig = await openRig();
  const plain = await curl(rig, 'http://denied.example/x');
  expect(plain.stdout).toContain('403 Forbidden');
  expect(plain.stdout.toLowerCase()).toContain('x-brickbox-egress: blocked');
  expect(plain.stdout).toContain(
    'Egress to denied.example is denied by network policy brickbox-declared-only.',
  );
  const tunnel = await curl(rig, 'https://denied.example/x');
  expect(tunnel.code).toBe(56);
  expect(tunnel.stderr).toContain('403');
  expect(rig.attempts('denied.example')).toMatchObject([
    { app: 'shop', verdict: 'denied', port: 80, protocol: 'http' },
    { app: 'shop', verdict: 'denied', port: 443, protocol: 'connect' },
  ]);
});

test('a stub answers through the proxy and through a tunnel; what it lacks is named', async () => {
  await using rig = await openRig();
  expect((await curl(rig, 'http://stub.example/v1/rates')).stdout).toContain('{"eur":1.1}');
  expect((await curl(rig, '-p', 'http://stub.example/v1/rates')).stdout).toContain('{"eur":1.1}');
  const missing = await curl(rig, 'http://stub.example/v1/other');
  expect(missing.stdout).toContain('404');
  expect(missing.stdout).toContain('Add GET/v1/other.json');
  expect(rig.findings()).toEqual(['egress_stub']);
});

test('an allowed host without an answer gets 502 that names the key to add', async () => {
  await using rig = await openRig();
  const answer = await curl(rig, 'http://silent.example/');
  expect(answer.stdout).toContain('502');
  expect(answer.stdout).toContain('silent.example: { pass_through: true }');
  expect(rig.attempts('silent.example')).toMatchObject([{ verdict: 'allowed', answered: 'refused' }]);
});

test('pass_through dials the real host, also from inside a tunnel; the request arrives whole', async () => {
  const real = await listen((request, response) => {
    request.pipe(
      response.writeHead(201, {
        'x-host': request.headers.host ?? '',
        'x-auth': String(request.headers['proxy-authorization']),
      }),
    );
  });
  const dialled: string[] = [];
  await using rig = await openRig({
    allowed: { 'real.example': { pass_through: true } },
    dial: (host, port) => {
      dialled.push(`${host}:${port}`);
      return connect(real.port, '127.0.0.1');
    },
  });
  const body = 'x'.repeat(200_000);
  const plain = await rig.run([
    'sh',
    '-c',
    `printf %s ${body.slice(0, 100_000)} | curl -sS -i -d @- http://real.example/`,
  ]);
  expect(plain.stdout).toContain('201 Created');
  expect(plain.stdout).toContain('x-host: real.example');
  expect(plain.stdout).toContain('x-auth: undefined');
  expect(plain.stdout.length).toBeGreaterThan(100_000);
  expect((await curl(rig, '-p', '-d', 'tunnelled', 'http://real.example:8080/')).stdout).toContain(
    'tunnelled',
  );
  expect((await curl(rig, 'http://control.example/')).stdout).toContain('403');
  expect(dialled).toEqual(['real.example:80', 'real.example:8080']);
  await real.close();
});

test('a Databricks name is refused even when the policy is open and it is passed through', async () => {
  const allowed = { 'dbc-1.cloud.databricks.com': { pass_through: true as const } };
  const dial = () => {
    throw new Error('dialled');
  };
  await using rig = await openRig({ policy: 'open', allowed, dial });
  expect((await curl(rig, 'http://dbc-1.cloud.databricks.com/')).stdout).toContain('403');
  expect(rig.attempts('dbc-1.cloud.databricks.com')).toMatchObject([{ verdict: 'denied' }]);
});

test('the workspace is reachable through the proxy, another loopback port is not', async () => {
  await using rig = await openRig();
  const through = (port: number) => curl(rig, '--noproxy', 'none', `http://127.0.0.1:${port}/`);
  expect((await through(rig.workspacePort)).stdout).toContain('workspace');
  expect((await through(9)).stdout).toContain('403');
});

test('nobody without a token of this run is served: proxy, tunnel, shim line, or as a web server', async () => {
  await using rig = await openRig();
  const get = 'GET http://stub.example/v1/rates HTTP/1.1\r\nHost: stub.example\r\nConnection: close\r\n';
  expect(await raw(rig, `${get}\r\n`)).toContain('407');
  const wrong = `Proxy-Authorization: Basic ${Buffer.from('shop:wrong').toString('base64')}\r\n`;
  expect(await raw(rig, `${get}${wrong}\r\n`)).toContain('407');
  expect(await raw(rig, 'CONNECT stub.example:80 HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('407');
  expect(await raw(rig, 'BRICKBOX/1 {"k":"name","token":"wrong","host":"stub.example"}\n')).not.toContain(
    '198.18',
  );
  expect(await raw(rig, 'BRICKBOX/1 not json\n')).not.toContain('198.18');
  expect(await raw(rig, 'GET / HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n')).toContain(
    '400',
  );
  // Recorded, so that a client which cannot send the token is refused by name; none of an app, none allowed.
  const strangers = rig
    .attempts('stub.example')
    .map(({ app, verdict, answered }) => ({ app, verdict, answered }));
  expect(strangers.length).toBeGreaterThan(0);
  for (const one of strangers) expect(one).toEqual({ app: null, verdict: 'denied', answered: undefined });
});

test('after close nothing listens', async () => {
  const rig = await openRig();
  const { port } = new URL((await rig.appEnv())['HTTP_PROXY'] ?? '');
  await rig[Symbol.asyncDispose]();
  const code = await new Promise((resolve) => {
    connect(Number(port), '127.0.0.1').on('error', (error) => resolve('code' in error && error.code));
  });
  expect(code).toBe('ECONNREFUSED');
});
