import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthority, type Leaf } from './authority.ts';
import { writeCaBundles } from './ca-bundles.ts';
import { createRunCertificates, crlPaths } from './certificates.ts';

const run = promisify(execFile);
const good = 'brickbox-test.cloud.databricks.com';
const foreign = 'bank.example';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brickbox-tls-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A TLS server with one certificate, and the client settings that reach it under `name`. */
async function serve(leaf: Leaf) {
  const server = createServer(leaf, (_req, res) => res.end('over TLS'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** An authority constrained to `good` that signs for `good` and, against its constraint, for `foreign`. */
async function bothLeaves() {
  const authority = await createAuthority({
    names: [good, 'localhost'],
    wall: Date.now(),
    crlUrls: undefined,
  });
  const ca = join(folder, 'root.pem');
  await writeFile(ca, authority.root);
  return {
    ca,
    root: authority.root,
    good: await authority.sign([good]),
    foreign: await authority.sign([foreign]),
  };
}

const viaNode = (name: string, port: number, ca: string) =>
  new Promise<string>((resolve, reject) => {
    request(
      { host: '127.0.0.1', port, servername: name, headers: { host: name }, ca, agent: false },
      (res) => {
        res.on('data', (chunk: Buffer) => resolve(chunk.toString()));
      },
    )
      .on('error', reject)
      .end();
  });

const python = `
import socket, ssl, sys
name, port, ca = sys.argv[1], int(sys.argv[2]), sys.argv[3]
context = ssl.create_default_context(cafile=ca)
with context.wrap_socket(socket.create_connection(('127.0.0.1', port)), server_hostname=name) as s:
    s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
    print(s.recv(4096).decode())
`;

const clients: Record<string, (name: string, port: number, ca: string, root: string) => Promise<string>> = {
  node: (name, port, _ca, root) => viaNode(name, port, root),
  curl: async (name, port, ca) =>
    (
      await run('curl', [
        '-sS',
        '--noproxy',
        '*',
        '--cacert',
        ca,
        '--connect-to',
        `${name}:443:127.0.0.1:${port}`,
        `https://${name}/`,
      ])
    ).stdout,
  python: async (name, port, ca) => (await run('python3', ['-c', python, name, String(port), ca])).stdout,
};

test.each(Object.entries(clients))(
  '%s accepts an allowed name and refuses a foreign one',
  async (_, client) => {
    const leaves = await bothLeaves();
    await using allowed = await serve(leaves.good);
    expect(await client(good, allowed.port, leaves.ca, leaves.root)).toContain('over TLS');
    await using refused = await serve(leaves.foreign);
    await expect(client(foreign, refused.port, leaves.ca, leaves.root)).rejects.toThrow(
      /permitted subtree|PERMITTED_VIOLATION|self-signed|certificate/i,
    );
  },
);

test('leaves for loopback addresses and several names, by SNI, and none for a foreign name', async () => {
  const certificates = await createRunCertificates({ names: [good], wall: Date.now });
  const server = createServer(
    { SNICallback: certificates.sni, ...(await certificates.leaf(['127.0.0.1'])) },
    (_, res) => res.end('over TLS'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  server.on('tlsClientError', () => {});
  expect(await viaNode(good, port, certificates.bundle())).toBe('over TLS');
  expect(await viaNode(`lakebase.${good}`, port, certificates.bundle())).toBe('over TLS');
  await expect(viaNode(foreign, port, certificates.bundle())).rejects.toThrow();
  const byAddress = await new Promise<string>((resolve, reject) => {
    request({ host: '127.0.0.1', port, ca: certificates.bundle(), agent: false }, (res) =>
      res.on('data', (chunk: Buffer) => resolve(chunk.toString())),
    )
      .on('error', reject)
      .end();
  });
  expect(byAddress).toBe('over TLS');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(certificates.leaf([foreign])).rejects.toThrow(foreign);
  await expect(certificates.leaf([`evil${good}`])).rejects.toThrow('may not sign');
  await expect(certificates.leaf(['10.0.0.1'])).rejects.toThrow('may not sign');
});

test('leaves point at revocation lists that OpenSSL checks the whole chain with', async () => {
  const certificates = await createRunCertificates({
    names: [good],
    wall: Date.now,
    crlOrigin: 'http://127.0.0.1:4711',
  });
  const { cert } = await certificates.leaf([good]);
  const [leaf = '', intermediate = ''] = cert.split(/(?<=-----END CERTIFICATE-----\n)/);
  const file = async (name: string, content: string | Buffer) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const text = (await run('openssl', ['x509', '-noout', '-text', '-in', await file('leaf.pem', leaf)]))
    .stdout;
  expect(text).toContain(`URI:http://127.0.0.1:4711${crlPaths.leaves}`);
  const lists: string[] = [];
  for (const [path, der] of certificates.crls()) {
    const name = path.split('/').at(-1) ?? '';
    const list = await run('openssl', ['crl', '-inform', 'DER', '-in', await file(name, der)]);
    lists.push(list.stdout);
  }
  expect(lists).toHaveLength(2);
  const verified = await run('openssl', [
    'verify',
    '-crl_check_all',
    '-x509_strict',
    '-CAfile',
    await file('ca.pem', certificates.bundle()),
    '-CRLfile',
    await file('crls.pem', lists.join('')),
    '-untrusted',
    await file('intermediate.pem', intermediate),
    join(folder, 'leaf.pem'),
  ]);
  expect(verified.stdout).toContain('leaf.pem: OK');
});

test('CA files hold the system’s roots, what the variable named, and ours', async () => {
  const system = join(folder, 'system.pem');
  const mine = join(folder, 'mine.pem');
  await writeFile(system, '-----BEGIN CERTIFICATE-----\nsystem\n-----END CERTIFICATE-----');
  await writeFile(mine, '-----BEGIN CERTIFICATE-----\nmine\n-----END CERTIFICATE-----');
  const env = await writeCaBundles({
    folder: join(folder, 'ca'),
    bundle: 'ours\n',
    inherited: { SSL_CERT_FILE: mine, NODE_EXTRA_CA_CERTS: mine },
    systemBundles: [join(folder, 'absent.pem'), system],
  });
  expect(Object.keys(env).sort()).toEqual([
    'CURL_CA_BUNDLE',
    'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
    'NODE_EXTRA_CA_CERTS',
    'REQUESTS_CA_BUNDLE',
    'SSL_CERT_FILE',
  ]);
  const parts = async (variable: string) =>
    ((await readFile(env[variable] ?? '', 'utf8')).match(/system|mine|ours/g) ?? []).join(' ');
  expect(await parts('SSL_CERT_FILE')).toBe('system mine ours');
  expect(await parts('REQUESTS_CA_BUNDLE')).toBe('system ours');
  expect(await parts('NODE_EXTRA_CA_CERTS')).toBe('mine ours');
  await expect(
    writeCaBundles({ folder, bundle: '', inherited: { CURL_CA_BUNDLE: join(folder, 'nope') } }),
  ).rejects.toThrow('CURL_CA_BUNDLE');
});

test('the X.509 library is loaded only when certificates are made', async () => {
  const probe = `
    await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    console.log('getMetadata' in Reflect);
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', probe]);
  expect(stdout.trim()).toBe('false');
});
