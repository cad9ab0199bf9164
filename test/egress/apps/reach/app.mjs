// What tests of the egress gate ask of an app: streams, a WebSocket, and calls to places they name.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';

const { DATABRICKS_APP_PORT, UVICORN_HOST } = process.env;

let finish = () => {};
const server = createServer(async (req, res) => {
  const url = new URL(req.url, 'http://app');
  if (url.pathname === '/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('data: first\n\n');
    finish = () => res.end('data: second\n\n');
    return;
  }
  // The second event comes when it is asked for, so that no test depends on time.
  if (url.pathname === '/finish') {
    finish();
    return res.end();
  }
  if (url.pathname === '/see') return res.end(see(url.searchParams.get('path')));
  if (url.pathname === '/crash') return process.exit(3);
  if (url.pathname === '/me') return res.end(await me());
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify(url.pathname === '/reach' ? await reach(url.searchParams.get('url')) : about(req)));
});

function see(path) {
  try {
    return JSON.stringify(readdirSync(path));
  } catch (error) {
    return JSON.stringify(error.code);
  }
}

function about(req) {
  return {
    listen: `${UVICORN_HOST}:${DATABRICKS_APP_PORT}`,
    host: process.env.DATABRICKS_HOST,
    url: req.url,
  };
}

/** The app's own service principal, signed in with its secret, as deployed code does it. */
async function me() {
  const { DATABRICKS_HOST: host, DATABRICKS_CLIENT_ID: id, DATABRICKS_CLIENT_SECRET: secret } = process.env;
  const origin = host.includes('://') ? host : `https://${host}`;
  const granted = await fetch(`${origin}/oidc/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }),
  });
  const { access_token: token } = await granted.json();
  const answer = await fetch(`${origin}/api/2.0/preview/scim/v2/Me`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.text();
}

async function reach(url) {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    return { status: answer.status, text: (await answer.text()).slice(0, 200) };
  } catch (error) {
    return { failed: error.cause?.code ?? error.code ?? error.message };
  }
}

// Sends every small text frame back.
server.on('upgrade', (req, socket) => {
  const accept = createHash('sha1')
    .update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('error', () => socket.destroy());
  socket.on('data', (frame) => {
    const length = frame[1] & 127;
    if ((frame[0] & 15) !== 1 || length > 125) return socket.end();
    const text = Buffer.from(frame.subarray(6, 6 + length).map((byte, i) => byte ^ frame[2 + (i % 4)]));
    socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
  });
});

server.listen(Number(DATABRICKS_APP_PORT), UVICORN_HOST);
