import { createServer } from 'node:http';

/** Remembers every request exactly as it came, with a parser that forgives much; GET /seen tells and forgets. */
let seen = [];
const server = createServer({ insecureHTTPParser: true }, (req, res) => {
  const parts = [];
  req.on('data', (part) => parts.push(part));
  req.on('end', () => {
    if (req.url === '/seen') {
      res.end(JSON.stringify(seen));
      seen = [];
      return;
    }
    const { method, url, rawHeaders, rawTrailers } = req;
    seen.push({ method, path: url, rawHeaders, rawTrailers, body: Buffer.concat(parts).toString('latin1') });
    res.end('reached the app');
  });
});

server.listen(Number(process.env.DATABRICKS_APP_PORT), process.env.UVICORN_HOST ?? '127.0.0.1');
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
