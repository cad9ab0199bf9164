import { createServer } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameInFirstBytes } from './sniff.ts';

/** The first bytes a TLS client of this machine sends. */
async function clientHello(servername: string | undefined): Promise<Buffer> {
  const server = createServer();
  const first = new Promise<Buffer>((resolve) => {
    server.once('connection', (socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes) => {
        resolve(bytes);
        socket.destroy();
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const client = tlsConnect({ port, host: '127.0.0.1', ...(servername === undefined ? {} : { servername }) });
  client.on('error', () => {});
  const bytes = await first;
  client.destroy();
  server.close();
  return bytes;
}

test('the server name of a TLS client', async () => {
  const hello = await clientHello('api.example.com');
  expect(nameInFirstBytes(hello)).toBe('api.example.com');
  expect(nameInFirstBytes(hello.subarray(0, 40))).toBeUndefined();
  expect(nameInFirstBytes(await clientHello(undefined))).toBeNull();
});

test('the host of a request', () => {
  expect(nameInFirstBytes(Buffer.from('GET / HTTP/1.1\r\nHost: api.example.com:8080\r\n\r\n'))).toBe(
    'api.example.com',
  );
  expect(nameInFirstBytes(Buffer.from('GET / HTTP/1.1\r\nAccept: *'))).toBeUndefined();
  expect(nameInFirstBytes(Buffer.from('GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n'))).toBeNull();
  expect(nameInFirstBytes(Buffer.from('\0\0\0\x08\x04\xd2\x16\x2f'))).toBeNull();
});

test('whatever comes, it does not throw', async () => {
  const hello = await clientHello('api.example.com');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      nameInFirstBytes(Buffer.from(bytes));
      nameInFirstBytes(Buffer.concat([Buffer.from([0x16, 3, 1, 0, Math.min(bytes.length, 255)]), bytes]));
    }),
  );
  fc.assert(
    fc.property(fc.nat(hello.length - 1), fc.nat(255), (at, value) => {
      const changed = Buffer.from(hello);
      changed.writeUInt8(value, at);
      nameInFirstBytes(changed);
    }),
  );
});
