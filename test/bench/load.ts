/**
 * Load generator, run as its own process: `node load.ts '{"url","connections","requests","headers"}'`.
 * Raw keep-alive sockets, one request in flight on each. Prints `{p50, p99, perSecond}` (milliseconds).
 * Every answer must be 200 and carry `expect` in its body, else it exits with 1.
 */
import { connect } from 'node:net';

interface Job {
  url: string;
  connections: number;
  requests: number;
  headers?: Record<string, string>;
  expect?: string;
}

const job: Job = JSON.parse(process.argv[2] ?? '{}');
const url = new URL(job.url);
const request = Buffer.from(
  [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    ...Object.entries(job.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n'),
);
const latencies: number[] = [];
let sent = 0;

await run(Math.min(500, job.requests));
latencies.length = 0;
sent = 0;
const start = performance.now();
await run(job.requests);
const seconds = (performance.now() - start) / 1000;
latencies.sort((a, b) => a - b);
const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99), perSecond: job.requests / seconds }));
process.exit(0);

async function run(requests: number): Promise<void> {
  sent = 0;
  await Promise.all(Array.from({ length: job.connections }, () => worker(requests)));
}

function worker(requests: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname);
    let buffer: Buffer = Buffer.alloc(0);
    let began = 0;
    const next = () => {
      if (sent >= requests) {
        socket.end();
        resolve();
        return;
      }
      sent += 1;
      began = performance.now();
      socket.write(request);
    };
    socket.setNoDelay(true);
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      buffer = buffer.length ? Buffer.concat([buffer, chunk]) : chunk;
      const answer = complete(buffer);
      if (!answer) return;
      if (!answer.head.startsWith('HTTP/1.1 200') || !answer.body.includes(job.expect ?? '')) {
        console.error(`Unexpected answer: ${answer.head.slice(0, 200)} ${answer.body.slice(0, 200)}`);
        process.exit(1);
      }
      latencies.push(performance.now() - began);
      buffer = Buffer.alloc(0);
      next();
    });
  });
}

/** The answer once it is whole: with Content-Length, or chunked. */
function complete(buffer: Buffer): { head: string; body: string } | undefined {
  const end = buffer.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = buffer.toString('latin1', 0, end);
  const body = buffer.subarray(end + 4);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined)
    return body.length >= Number(length) ? { head, body: body.toString() } : undefined;
  return body.includes('0\r\n\r\n') ? { head, body: body.toString() } : undefined;
}
