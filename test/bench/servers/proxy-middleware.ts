/** Bare http-proxy-middleware on node:http. Argument: upstream URL. */
import { Agent, createServer } from 'node:http';
import { Socket } from 'node:net';
import { createProxyMiddleware } from 'http-proxy-middleware';

const proxy = createProxyMiddleware({
  target: process.argv[2] ?? '',
  agent: new Agent({ keepAlive: true, maxSockets: 256 }),
});
const server = createServer((req, res) => {
  proxy(req, res, () => res.destroy());
});
server.on('upgrade', (req, socket, head) => {
  if (socket instanceof Socket) proxy.upgrade(req, socket, head);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object')
    console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}` }));
});
