/**
 * nginx with `auth_request`: a subrequest per request to a bare `node:http` server that compares the cookie and
 * says 202, as a sign-in proxy beside nginx would. Arguments: upstream URL, cookie header.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [upstream = '', cookie = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'brickbox-nginx-'));

const auth = createServer((req, res) => {
  res.writeHead(req.headers.cookie === cookie ? 202 : 401, {
    'content-length': 0,
    'gap-auth': 'ana@acme.test',
  });
  res.end();
});
auth.keepAliveTimeout = 60_000;
const authPort = await listen(auth);
const probe = createNetServer();
const port = await listen(probe);
await new Promise((resolve) => probe.close(resolve));

writeFileSync(
  join(folder, 'nginx.conf'),
  `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000; client_max_body_size 0;
  ${['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind === 'body' ? 'client_body' : kind}_temp_path ${folder}/${kind};`).join(' ')}
  upstream app { server ${new URL(upstream).host}; keepalive 128; keepalive_requests 1000000; }
  upstream auth { server 127.0.0.1:${authPort}; keepalive 128; keepalive_requests 1000000; }
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${port};
    location = /auth {
      internal; proxy_pass http://auth; proxy_http_version 1.1;
      proxy_pass_request_body off; proxy_set_header Content-Length ''; proxy_set_header Connection '';
    }
    location / {
      auth_request /auth; auth_request_set $email $upstream_http_gap_auth;
      proxy_pass http://app; proxy_http_version 1.1; proxy_buffering off; proxy_request_buffering off;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-Email $email; proxy_set_header Cookie '';
    }
  }
}
`,
);
const nginx = spawn(
  'nginx',
  ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
nginx.on('exit', (code) => process.exit(code ?? 0));
process.on('SIGTERM', async () => {
  nginx.removeAllListeners('exit');
  nginx.kill('SIGTERM');
  await once(nginx, 'exit');
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
while (!(await reachable())) await new Promise((resolve) => setTimeout(resolve, 5));
console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));

function listen(server: ReturnType<typeof createNetServer>): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}

function reachable(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
