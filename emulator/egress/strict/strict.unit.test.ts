import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openRig } from '../test-rig.ts';
import { probeStrict } from './probe.ts';

const probe = await probeStrict();

/** Waits until a condition holds; fails the test when it never does. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (holds()) return;
    await wait(10);
  }
  throw new Error(`never happened: ${what}`);
}

// Where namespaces cannot be had, that itself is what there is to show.
test.runIf(!probe.available)('strict is refused with the line that enables it', async () => {
  await expect(openRig({ mode: 'strict' })).rejects.toMatchObject({ code: 'EGRESS_STRICT_UNAVAILABLE' });
});

test('auto stays cooperative, and says why, for a host that cannot reach a namespace', async () => {
  await using rig = await openRig({ mode: 'auto' });
  expect(rig.egress.mode).toBe('cooperative');
  expect(rig.egress.modeReason).toContain('reached by port');
});

test.runIf(probe.available)('auto picks strict for a host that reaches a namespace', async () => {
  await using rig = await openRig({ mode: 'auto', reachesTarget: true });
  expect(rig.egress.mode).toBe('strict');
});

test.runIf(probe.available)(
  'clients without any proxy setting: denied by name, stubbed, reset, bridged',
  async () => {
    await using rig = await openRig({ mode: 'strict' });
    const python = `
import json, socket, urllib.request
def fails(call):
    try:
        return call()
    except OSError as error:
        return str(error)
def raw():
    s = socket.create_connection(("192.0.2.1", 443), 5)
    s.sendall(b"x")
    return s.recv(1).decode()
def udp(host, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(2)
    s.connect((host, port))
    s.send(b"x")
    return s.recv(1).decode()
print(json.dumps({
  "denied": fails(lambda: urllib.request.urlopen("http://denied.example")),
  "stub": json.load(urllib.request.urlopen("http://stub.example/v1/rates")),
  "workspace": urllib.request.urlopen("http://127.0.0.1:${rig.workspacePort}").read().decode(),
  "raw": fails(raw),
  "udp": fails(lambda: udp("192.0.2.7", 443)),
  "silent": fails(lambda: urllib.request.urlopen("http://silent.example")),
  "otherPort": fails(lambda: socket.create_connection(("127.0.0.1", 9), 2)),
}))`;
    const seen = await rig.run(['python3', '-c', python]);
    expect(seen.stderr).toBe('');
    expect(JSON.parse(seen.stdout)).toEqual({
      denied: '<urlopen error [Errno -3] Temporary failure in name resolution>',
      stub: { eur: 1.1 },
      workspace: 'workspace',
      raw: '[Errno 104] Connection reset by peer',
      udp: '[Errno 111] Connection refused',
      silent: expect.stringContaining('Connection reset by peer'),
      otherPort: '[Errno 111] Connection refused',
    });
    expect(rig.attempts('denied.example')).toMatchObject([
      { app: 'shop', verdict: 'denied', protocol: 'dns' },
    ]);
    expect(rig.attempts('192.0.2.1')).toMatchObject([{ verdict: 'denied', port: 443 }]);
    expect(rig.attempts('192.0.2.7')).toMatchObject([{ verdict: 'denied', port: 443, protocol: 'udp' }]);
    for (const host of ['denied.example', '192.0.2.1', 'stub.example']) {
      expect(rig.attempts(host)[0]?.process).toMatch(/^python3\S* \(\d+\)$/);
    }
    expect(rig.attempts('stub.example')).toMatchObject([{ verdict: 'allowed', answered: 'stub', port: 80 }]);
    expect(rig.attempts('silent.example')).toMatchObject([{ verdict: 'allowed', answered: 'refused' }]);
    expect(rig.egress.report().attempts).toHaveLength(5);
  },
);

test.runIf(probe.available)(
  'any port is covered, and a raw address is told by the name it asked for',
  async () => {
    await using rig = await openRig({ mode: 'strict' });
    const curl = ['curl', '-sS', '--max-time', '5', '-o', '/dev/null'];
    const script = [
      [...curl, '--resolve', 'hidden.example:4433:192.0.2.8', 'https://hidden.example:4433/'],
      [...curl, '-H', 'Host: plain.example', 'http://192.0.2.9:8099/'],
      [...curl, 'http://stub.example:12345/v1/rates'],
    ]
      .map((words) => `${words.map((word) => `'${word}'`).join(' ')}; echo $?`)
      .join('\n');
    const seen = await rig.run(['sh', '-c', script]);
    // 35: the TLS handshake was reset; 56: reset while waiting for the answer.
    expect(seen.stdout.split('\n')).toEqual(['35', '56', '0']);
    expect(rig.attempts('192.0.2.8')).toMatchObject([
      { port: 4433, verdict: 'denied', rule: expect.stringContaining('asked for hidden.example') },
    ]);
    expect(rig.attempts('192.0.2.9')).toMatchObject([
      { port: 8099, verdict: 'denied', rule: expect.stringContaining('asked for plain.example') },
    ]);
    expect(rig.attempts('stub.example')).toMatchObject([{ port: 12345, answered: 'stub' }]);
  },
);

test.runIf(probe.available)('the app may listen on ports that others are known by', async () => {
  await using rig = await openRig({ mode: 'strict' });
  const code =
    "require('net').createServer(s => s.end('mine')).listen(5432, '0.0.0.0', function () { require('net').connect(5432, '127.0.0.1').on('data', d => { console.log(String(d)); process.exit(); }) })";
  expect((await rig.run([process.execPath, '-e', code])).stdout).toBe('mine');
});

test.runIf(probe.available)('node and curl see the same, also through a hard-coded resolver', async () => {
  await using rig = await openRig({ mode: 'strict', dnsFailure: 'NXDOMAIN' });
  const code = `
    import { Resolver } from 'node:dns/promises'; import net from 'node:net';
    const resolver = new Resolver(); resolver.setServers(['192.0.2.53']);
    const failed = await fetch('http://denied.example').catch((e) => e.cause.code);
    const stub = await (await fetch('http://stub.example/v1/rates')).json();
    const hard = await resolver.resolve4('denied2.example').catch((e) => e.code);
    const raw = await new Promise((r) => net.connect(5432, '192.0.2.2').on('error', (e) => r(e.code)).resume());
    console.log(JSON.stringify({ failed, stub, hard, raw }));`;
  const node = await rig.run([process.execPath, '--input-type=module', '-e', code]);
  expect(node).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(node.stdout)).toEqual({
    failed: 'ENOTFOUND',
    stub: { eur: 1.1 },
    hard: 'ENOTFOUND',
    raw: 'ECONNRESET',
  });
  const curl = await rig.run(['curl', '-sS', 'https://denied3.example']);
  expect(curl).toMatchObject({ code: 6, stderr: expect.stringContaining('Could not resolve host') });
  for (const host of ['denied.example', 'denied2.example', 'denied3.example', '192.0.2.2']) {
    expect(rig.attempts(host)).toMatchObject([{ verdict: 'denied' }]);
  }
});

test.runIf(probe.available)(
  'the app has no capabilities, its own environment, and only its own way out',
  async () => {
    const outside = createServer((socket) => socket.end('outside'));
    const socketPath = join(tmpdir(), `brickbox-test-${process.pid}.sock`);
    await new Promise<void>((resolve) => outside.listen(socketPath, resolve));
    await using rig = await openRig({ mode: 'strict' });
    const script = `
    grep -c '^Cap.*0000000000000000$' /proc/self/status
    grep NoNewPrivs /proc/self/status
    env | grep -c SECRET_OF_THE_APP
    touch "$HOME/mine" && echo wrote
    ip link set lo down 2>/dev/null || echo cannot
    curl -s --unix-socket ${socketPath} http://x/ > /dev/null; echo "curl $?"
    find ${tmpdir()}/brickbox-strict-* -name '*.sock' 2>/dev/null | wc -l`;
    const seen = await rig.run(['sh', '-c', script], { SECRET_OF_THE_APP: 'x' });
    outside.close();
    expect(seen.stdout.replace(/\t/g, ' ').split('\n')).toEqual([
      '5',
      'NoNewPrivs: 1',
      '1',
      'wrote',
      'cannot',
      'curl 7',
      '0',
    ]);
    expect(existsSync(join(rig.folder, 'mine'))).toBe(true);
  },
);

test.runIf(probe.available && process.getuid?.() === 0)(
  'started as root, the app writes only its own files',
  async () => {
    await using rig = await openRig({ mode: 'strict' });
    const seen = await rig.run(['sh', '-c', 'touch /usr/x /etc/x /var/x 2>&1; touch /tmp/x && echo private']);
    expect(seen.stdout.match(/Read-only file system/g)).toHaveLength(3);
    expect(seen.stdout).toContain('private');
    expect(existsSync('/tmp/x')).toBe(false);
    expect(rig.egress.modeReason).toContain('root');
  },
);

test.runIf(probe.available)(
  'the gateway reaches the app by its socket, and a killed launcher leaves nothing',
  async () => {
    await using rig = await openRig({ mode: 'strict' });
    const file = join(rig.folder, 'app.mjs');
    const pidFile = join(rig.folder, 'marker');
    writeFileSync(
      file,
      `import http from 'node:http'; import fs from 'node:fs';
     http.createServer((q, a) => a.end('app ' + q.url)).listen(8000, '0.0.0.0');
     setInterval(() => fs.writeFileSync(${JSON.stringify(pidFile)}, String(Date.now())), 20);`,
    );
    const env = { PATH: process.env['PATH'] ?? '', HOME: rig.folder };
    const launch = await rig.egress.wrap(
      { command: [process.execPath, file], env, cwd: rig.folder },
      { name: 'shop', port: 8000 },
    );
    const [command = '', ...args] = launch.command;
    const child = spawn(command, args, {
      env: launch.env,
      cwd: launch.cwd,
      stdio: 'inherit',
      detached: true,
    });
    const { socketPath = '' } = rig.egress.target('shop') ?? {};
    await until('the app listens', () => existsSync(socketPath));
    const text = await new Promise<string>((resolve, reject) => {
      get({ socketPath, path: '/hello' }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (part) => {
          body += part;
        });
        answer.on('end', () => resolve(body));
      }).on('error', reject);
    });
    expect(text).toBe('app /hello');
    const over = new Promise((resolve) => child.once('exit', resolve));
    await until('the app writes', () => existsSync(pidFile));
    child.kill('SIGKILL');
    await over;
    let last = '';
    let same = 0;
    await until('the app stopped writing', () => {
      const now = readFileSync(pidFile, 'utf8');
      same = now === last ? same + 1 : 0;
      last = now;
      return same > 30;
    });
  },
);

test.runIf(probe.available)('exit codes and signals of the app come out as its own', async () => {
  await using rig = await openRig({ mode: 'strict' });
  expect((await rig.run(['sh', '-c', 'exit 7'])).code).toBe(7);
  expect((await rig.run(['sh', '-c', 'kill -TERM $$'])).code).toBe(143);
});
