// Says who the gateway named, by every way an app answers: plain, as an event stream, and on a WebSocket.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const server = createServer((req, res) => {
  const who = req.headers['x-forwarded-email'];
  if (req.url !== '/events') {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ who }));
    return;
  }
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => res.write(`data: ${who}\n\n`), 5);
  res.on('close', () => clearInterval(timer));
});
new WebSocketServer({ server }).on('connection', (socket, req) => {
  const who = req.headers['x-forwarded-email'];
  socket.on('message', (text) => socket.send(`${who} ${text}`));
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.DATABRICKS_APP_PORT), '127.0.0.1');
