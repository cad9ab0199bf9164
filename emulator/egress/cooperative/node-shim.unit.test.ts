import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodes, openRig, type Rig } from '../test-rig.ts';

/** Runs a script that prints one JSON value with `done(value)`. */
async function script(rig: Rig, node: string, body: string, env: Record<string, string> = {}) {
  const file = join(rig.folder, 'script.mjs');
  writeFileSync(file, `const done = (v) => console.log(JSON.stringify(v));\n${body}`);
  const result = await rig.run([node, file], env);
  expect(result.stderr).toBe('');
  expect(result.code).toBe(0);
  return JSON.parse(result.stdout);
}

describe.each(nodes())('Node $name', ({ path: node }) => {
  test('a denied name fails as on the platform, for fetch, http, https, net, tls and dns, and is journaled', async () => {
    await using rig = await openRig();
    const codes = await script(
      rig,
      node,
      `import { lookup, resolve4, promises } from 'node:dns';
       import http from 'node:http'; import https from 'node:https'; import net from 'node:net'; import tls from 'node:tls';
       const failure = (emitter) => new Promise((r) => emitter.on('error', (e) => r(e.code + ' ' + e.message)));
       const h = 'denied.example';
       done({
         fetch: await fetch('https://' + h).catch((e) => e.cause.code + ' ' + e.cause.message),
         http: await failure(http.get('http://' + h)),
         https: await failure(https.get('https://' + h)),
         net: await failure(net.connect(5432, h)),
         tls: await failure(tls.connect(443, h)),
         lookup: await new Promise((r) => lookup(h, (e) => r(e.code))),
         promise: await promises.lookup(h).catch((e) => e.code),
         resolve: await new Promise((r) => resolve4(h, (e) => r(e.code))),
       });`,
    );
    const gai = 'EAI_AGAIN getaddrinfo EAI_AGAIN denied.example';
    expect(codes).toEqual({
      fetch: gai,
      http: gai,
      https: gai,
      net: gai,
      tls: gai,
      lookup: 'EAI_AGAIN',
      promise: 'EAI_AGAIN',
      resolve: 'ESERVFAIL',
    });
    const entries = rig.attempts('denied.example');
    expect(entries).toHaveLength(8);
    expect(entries[0]).toMatchObject({ app: 'shop', verdict: 'denied', protocol: 'dns' });
    expect(entries[0]?.process).toMatch(/^script\.mjs \(\d+\)$/);
    expect(rig.findings()).toEqual(['egress_denied']);
  });

  test('an allowed host is answered by its stub, the workspace by itself, a denied control host by nobody', async () => {
    await using rig = await openRig();
    const seen = await script(
      rig,
      node,
      `import http from 'node:http';
       const get = (url) => new Promise((r) => http.get(url, (a) => { a.setEncoding('utf8'); let t = ''; a.on('data', (d) => t += d); a.on('end', () => r(t)); }));
       done({
         fetch: await (await fetch('http://stub.example/v1/rates')).json(),
         http: JSON.parse(await get('http://stub.example/v1/rates?day=1')),
         workspace: await (await fetch('http://127.0.0.1:${rig.workspacePort}/')).text(),
         control: await fetch('http://control.example').catch((e) => e.cause.code),
         proxyVariables: Object.keys(process.env).filter((name) => /_proxy$/i.test(name)),
       });`,
    );
    expect(seen).toEqual({
      fetch: { eur: 1.1 },
      http: { eur: 1.1 },
      workspace: 'workspace',
      control: 'EAI_AGAIN',
      proxyVariables: [],
    });
    expect(rig.attempts('stub.example')).toMatchObject([
      { verdict: 'allowed', answered: 'stub', port: 80 },
      { verdict: 'allowed', answered: 'stub', port: 80 },
    ]);
    expect(rig.egress.report()).toMatchObject({
      mode: 'cooperative',
      declaredUnused: ['silent.example'],
      usedUndeclared: ['control.example'],
    });
  });

  test('a raw address is reset, UDP is refused, an allowed host that nobody answers is reset; all are named', async () => {
    await using rig = await openRig();
    const seen = await script(
      rig,
      node,
      `import dgram from 'node:dgram'; import net from 'node:net';
       const end = (s) => new Promise((r) => { s.on('error', (e) => r(e.code)); s.on('end', () => r('end')); s.resume(); });
       const udp = dgram.createSocket('udp4');
       const sent = (host) => new Promise((r) => udp.send('x', 53, host, (e) => r(e?.code ?? 'sent')));
       const result = {
         raw: await end(net.connect(443, '192.0.2.1')),
         udp: await sent('192.0.2.53'), udpName: await sent('denied.example'),
         silent: await end(net.connect(443, 'silent.example')),
       };
       udp.close();
       done(result);`,
    );
    expect(seen).toEqual({ raw: 'ECONNRESET', udp: 'EPERM', udpName: 'EAI_AGAIN', silent: 'ECONNRESET' });
    expect(rig.attempts('192.0.2.1')).toMatchObject([{ verdict: 'denied', port: 443, protocol: 'tcp' }]);
    expect(rig.attempts('192.0.2.53')).toMatchObject([{ verdict: 'denied', port: 53, protocol: 'udp' }]);
    expect(rig.attempts('silent.example')).toMatchObject([{ verdict: 'allowed', answered: 'refused' }]);
    expect(rig.findings()).toContain('egress_unanswered');
  });

  test('workers and child processes are covered, also with an environment of their own', async () => {
    await using rig = await openRig();
    const code = "fetch('http://denied.example').catch((e) => console.log(e.cause.code))";
    const seen = await script(
      rig,
      node,
      `import { execFileSync, spawn, spawnSync } from 'node:child_process'; import { Worker } from 'node:worker_threads';
       const code = ${JSON.stringify(code)};
       const text = (c) => new Promise((r) => { let t = ''; c.stdout.on('data', (d) => t += d); c.on('close', () => r(t.trim())); });
       done({
         spawn: await text(spawn(process.execPath, ['-e', code], { env: { PATH: process.env.PATH } })),
         sync: spawnSync(process.execPath, ['-e', code], { env: {} }).stdout.toString().trim(),
         file: execFileSync(process.execPath, ['-e', code]).toString().trim(),
         proxy: execFileSync('sh', ['-c', 'echo $HTTP_PROXY']).toString().startsWith('http://shop:'),
         worker: await new Promise((r) => new Worker("fetch('http://denied.example').catch((e) => require('node:worker_threads').parentPort.postMessage(e.cause.code))", { eval: true }).on('message', r)),
       });`,
    );
    expect(seen).toEqual({
      spawn: 'EAI_AGAIN',
      sync: 'EAI_AGAIN',
      file: 'EAI_AGAIN',
      proxy: true,
      worker: 'EAI_AGAIN',
    });
    expect(rig.attempts('denied.example')).toHaveLength(4);
  });

  test('another loopback port is let through and reported, a port of the app itself is not', async () => {
    await using rig = await openRig();
    const seen = await script(
      rig,
      node,
      `import http from 'node:http';
       const own = http.createServer((_q, a) => a.end('own')).listen(0, '127.0.0.1');
       await new Promise((r) => own.on('listening', r));
       const text = await (await fetch('http://127.0.0.1:' + own.address().port)).text();
       const other = await fetch('http://127.0.0.1:9').catch((e) => e.cause.code ?? e.cause.message);
       own.close(); own.closeAllConnections();
       done({ text, other });`,
    );
    expect(seen.text).toBe('own');
    const loopback = rig.attempts('127.0.0.1');
    expect(loopback.map((entry) => entry.port)).toEqual(seen.other === 'bad port' ? [] : [9]);
  });

  test('dns_failure NXDOMAIN surfaces as ENOTFOUND; user options in NODE_OPTIONS are kept', async () => {
    await using rig = await openRig({ dnsFailure: 'NXDOMAIN' });
    const seen = await script(
      rig,
      node,
      "done({ code: await fetch('http://denied.example').catch((e) => e.cause.code), title: process.title })",
      { NODE_OPTIONS: '--title=kept' },
    );
    expect(seen).toEqual({ code: 'ENOTFOUND', title: 'kept' });
  });

  test('dry run lets a denied name through to whoever answers it, and says so', async () => {
    const access = {
      restriction_mode: 'RESTRICTED_ACCESS',
      policy_enforcement: { enforcement_mode: 'DRY_RUN' },
    };
    await using rig = await openRig({
      policy: { network_policy_id: 'dry', egress: { network_access: access } },
    });
    const seen = await script(rig, node, "done(await (await fetch('http://stub.example/v1/rates')).json())");
    expect(seen).toEqual({ eur: 1.1 });
    expect(rig.attempts('stub.example')).toMatchObject([{ verdict: 'dry_run_denied', answered: 'stub' }]);
    expect(rig.findings()).toEqual(['egress_dry_run_denied']);
  });
});

test('a folder with a space in its name does not break NODE_OPTIONS', async () => {
  await using rig = await openRig();
  mkdirSync(join(rig.folder, 'a b'));
  const env = await rig.appEnv();
  expect(env['NODE_OPTIONS']).toMatch(/^--require \S|^--require "/);
});
