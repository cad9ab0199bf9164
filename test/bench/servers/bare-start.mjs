// The least a proxy can do: start the same app, forward one request to it.
import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import { connect, createServer as createNetServer } from 'node:net';
import { join } from 'node:path';

const free = () =>
  new Promise((resolve) => {
    const probe = createNetServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
const port = await free();
const app = spawn(process.execPath, [join(import.meta.dirname, '../apps/upstream/app.mjs')], {
  env: { DATABRICKS_APP_PORT: String(port) },
});
const listening = () =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.end() && true));
    socket.on('error', () => resolve(false));
  });
while (!(await listening())) await new Promise((resolve) => setTimeout(resolve, 2));
const server = createServer((req, res) => {
  req.pipe(request({ host: '127.0.0.1', port, path: req.url }, (answer) => answer.pipe(res)));
});
server.listen(0, '127.0.0.1', async () => {
  await (await fetch(`http://127.0.0.1:${server.address().port}/`)).text();
  console.log(JSON.stringify({ ready: performance.now(), before: process.memoryUsage.rss() / 1e6 }));
  app.kill();
  process.exit(0);
});
