// The same 200 bytes to every GET. Uploads are counted, /events begins a stream, WebSocket messages come back.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const body = JSON.stringify({ ok: true, filler: 'x'.repeat(178) });
const server = createServer((req, res) => {
  if (req.url === '/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('data: first\n\n');
    return;
  }
  if (req.method === 'POST') {
    let size = 0;
    req.on('data', (chunk) => {
      size += chunk.length;
    });
    req.on('end', () => res.end(String(size)));
    return;
  }
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  res.end(body);
});
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('message', (message) => socket.send(message));
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.DATABRICKS_APP_PORT), '127.0.0.1');
