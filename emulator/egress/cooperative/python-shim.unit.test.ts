import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRig, type Rig } from '../test-rig.ts';

/** Runs a Python script that prints one JSON value with `done(value)`. */
async function script(rig: Rig, body: string, env: Record<string, string> = {}) {
  const file = join(rig.folder, 'script.py');
  writeFileSync(file, `import json\ndef done(v): print(json.dumps(v))\n${body}`);
  const result = await rig.run(['python3', file], env);
  expect(result.stderr).toBe('');
  expect(result.code).toBe(0);
  return JSON.parse(result.stdout);
}

const helpers = `
import asyncio, http.client, socket, ssl, urllib.request
def fails(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__ + ": " + str(error)
`;

test('a denied name fails as on the platform, for urllib, http.client, sockets and asyncio, and is journaled', async () => {
  await using rig = await openRig();
  const seen = await script(
    rig,
    `${helpers}
def tls():
    ssl.create_default_context().wrap_socket(socket.socket(), server_hostname="denied.example").connect(("denied.example", 443))
done({
  "urllib": fails(lambda: urllib.request.urlopen("https://denied.example")),
  "http": fails(lambda: http.client.HTTPConnection("denied.example").request("GET", "/")),
  "socket": fails(lambda: socket.create_connection(("denied.example", 5432))),
  "connect": fails(lambda: socket.socket().connect(("denied.example", 25))),
  "name": fails(lambda: socket.gethostbyname("denied.example")),
  "tls": fails(tls),
  "asyncio": fails(lambda: asyncio.run(asyncio.open_connection("denied.example", 443))),
})`,
  );
  const gai = 'gaierror: [Errno -3] Temporary failure in name resolution';
  expect(seen).toEqual({
    urllib: 'URLError: <urlopen error [Errno -3] Temporary failure in name resolution>',
    http: gai,
    socket: gai,
    connect: gai,
    name: gai,
    tls: gai,
    asyncio: gai,
  });
  const entries = rig.attempts('denied.example');
  expect(entries).toHaveLength(7);
  expect(entries[0]).toMatchObject({ app: 'shop', verdict: 'denied', protocol: 'dns' });
  expect(entries[0]?.process).toMatch(/^script\.py \(\d+\)$/);
});

test('an allowed host is answered by its stub, the workspace by itself, a denied control host by nobody', async () => {
  await using rig = await openRig();
  const seen = await script(
    rig,
    `${helpers}
async def read():
    reader, writer = await asyncio.open_connection("stub.example", 80)
    writer.write(b"GET /v1/rates HTTP/1.0\\r\\nHost: stub.example\\r\\n\\r\\n")
    text = await reader.read()
    writer.close()
    return text.decode().split("\\r\\n\\r\\n")[1]
done({
  "urllib": json.load(urllib.request.urlopen("http://stub.example/v1/rates")),
  "asyncio": json.loads(asyncio.run(read())),
  "workspace": urllib.request.urlopen("http://127.0.0.1:${rig.workspacePort}/").read().decode(),
  "control": fails(lambda: urllib.request.urlopen("http://control.example")),
})`,
  );
  expect(seen).toEqual({
    urllib: { eur: 1.1 },
    asyncio: { eur: 1.1 },
    workspace: 'workspace',
    control: 'URLError: <urlopen error [Errno -3] Temporary failure in name resolution>',
  });
  expect(rig.attempts('stub.example')).toMatchObject([
    { verdict: 'allowed', answered: 'stub', port: 80 },
    { verdict: 'allowed', answered: 'stub', port: 80 },
  ]);
  expect(rig.attempts('127.0.0.1')).toEqual([]);
});

test('a raw address is reset and UDP is refused; both are named', async () => {
  await using rig = await openRig();
  const seen = await script(
    rig,
    `${helpers}
def raw():
    s = socket.create_connection(("192.0.2.1", 443), 5)
    s.sendall(b"x")
    return s.recv(1).decode()
def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        return s.sendto(b"x", ("192.0.2.53", 53))
done({"raw": fails(raw), "udp": fails(udp)})`,
  );
  expect(seen).toEqual({
    raw: 'ConnectionResetError: [Errno 104] Connection reset by peer',
    udp: 'PermissionError: [Errno 1] Operation not permitted',
  });
  expect(rig.attempts('192.0.2.1')).toMatchObject([{ verdict: 'denied', port: 443, protocol: 'tcp' }]);
  expect(rig.attempts('192.0.2.53')).toMatchObject([{ verdict: 'denied', port: 53, protocol: 'udp' }]);
});

test("a sitecustomize of the app's own still runs, and PYTHONPATH is kept", async () => {
  await using rig = await openRig();
  const own = join(rig.folder, 'own');
  mkdirSync(own);
  writeFileSync(join(own, 'sitecustomize.py'), 'import builtins\nbuiltins.own_was_here = True\n');
  const seen = await script(
    rig,
    `${helpers}\nimport builtins\ndone({"own": builtins.own_was_here, "name": fails(lambda: socket.gethostbyname("denied.example"))})`,
    { PYTHONPATH: own },
  );
  expect(seen.own).toBe(true);
  expect(seen.name).toContain('Temporary failure');
});

test('dns_failure NXDOMAIN surfaces as an unknown name', async () => {
  await using rig = await openRig({ dnsFailure: 'NXDOMAIN' });
  const seen = await script(rig, `${helpers}\ndone(fails(lambda: socket.gethostbyname("denied.example")))`);
  expect(seen).toBe('gaierror: [Errno -2] Name or service not known');
});

test('a loop that resolves and connects outside Python sockets is led through the gate', async () => {
  await using rig = await openRig();
  // A stand-in with the shape of uvloop's: everything of its own would leave the gate aside.
  writeFileSync(
    join(rig.folder, 'uvloop.py'),
    `import asyncio
class Loop(asyncio.SelectorEventLoop):
    async def getaddrinfo(self, host, port, **rest):
        assert host == "127.0.0.1", "bypassed"
        return await super().getaddrinfo(host, port, **rest)
    async def sock_connect(self, sock, address):
        raise AssertionError("bypassed")
    async def create_connection(self, factory, host=None, port=None, *, sock=None, **rest):
        assert sock is not None, "bypassed"
        return await super().create_connection(factory, sock=sock, **rest)
`,
  );
  const seen = await script(
    rig,
    `${helpers}
import uvloop
async def read(host):
    reader, writer = await asyncio.open_connection(host, 80)
    writer.write(b"GET /v1/rates HTTP/1.0\\r\\n\\r\\n")
    text = await reader.read()
    writer.close()
    return text.decode().split("\\r\\n\\r\\n")[1]
async def name():
    return await asyncio.get_running_loop().getaddrinfo("denied.example", 80)
async def raw():
    with socket.socket() as s:
        s.setblocking(False)
        await asyncio.get_running_loop().sock_connect(s, ("192.0.2.1", 443))
def run(coroutine):
    loop = uvloop.Loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()
done({"stub": json.loads(run(read("stub.example"))), "control": fails(lambda: run(read("denied.example"))),
      "name": fails(lambda: run(name())), "raw": run(raw())})`,
  );
  const gai = 'gaierror: [Errno -3] Temporary failure in name resolution';
  expect(seen).toEqual({ stub: { eur: 1.1 }, control: gai, name: gai, raw: null });
  expect(rig.attempts('192.0.2.1')).toMatchObject([{ verdict: 'denied', port: 443 }]);
});
