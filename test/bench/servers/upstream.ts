/** The app behind every proxy of the gateway benchmark: 200 bytes of JSON. */
import { createServer } from 'node:http';

const body = JSON.stringify({ ok: true, filler: 'x'.repeat(178) });
const server = createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  res.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.DATABRICKS_APP_PORT ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object')
    console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}` }));
});
