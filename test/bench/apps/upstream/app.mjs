// The same 200 bytes as test/bench/servers/upstream.ts, as an app.
import { createServer } from 'node:http';

const body = JSON.stringify({ ok: true, filler: 'x'.repeat(178) });
const server = createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  res.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.DATABRICKS_APP_PORT), '127.0.0.1');
