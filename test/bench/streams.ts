import { Agent, get, request } from 'node:http';
import { WebSocket } from 'ws';
import { median, time } from './runner.ts';

export type Headers = Record<string, string>;

const megabyte = Buffer.alloc(1024 * 1024, 'x');

/** Median milliseconds of a 1 MB upload on a kept connection, of `count`. */
export async function upload(url: string, headers: Headers, count = 30): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const once = () =>
    new Promise<void>((resolve, reject) => {
      const out = request(url, { method: 'POST', headers, agent }, (answer) => {
        let text = '';
        answer.on('data', (part: Buffer) => {
          text += part.toString();
        });
        answer.on('end', () =>
          text === String(megabyte.length) ? resolve() : reject(new Error(text.slice(0, 200))),
        );
      });
      out.on('error', reject);
      out.end(megabyte);
    });
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) times.push(await time(once));
  agent.destroy();
  return median(times);
}

/** Median milliseconds from the request to the first event of a stream that stays open, on fresh connections. */
export async function firstEvent(url: string, headers: Headers, count = 40): Promise<number> {
  const once = () =>
    new Promise<void>((resolve, reject) => {
      const out = get(`${url}/events`, { headers, agent: false }, (answer) => {
        answer.once('data', (part: Buffer) => {
          if (part.toString().includes('data: first')) resolve();
          else reject(new Error(part.toString().slice(0, 200)));
          out.destroy();
        });
      });
      out.on('error', reject);
    });
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) times.push(await time(once));
  return median(times);
}

/** Median milliseconds of a 100-byte message there and back on one WebSocket. */
export function webSocketEcho(url: string, headers: Headers, count = 1000): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers, perMessageDeflate: false });
    const message = 'x'.repeat(100);
    const times: number[] = [];
    let began = 0;
    const send = () => {
      began = performance.now();
      socket.send(message);
    };
    socket.on('open', send);
    socket.on('message', () => {
      times.push(performance.now() - began);
      if (times.length < count) send();
      else {
        socket.close();
        resolve(median(times));
      }
    });
    socket.on('error', reject);
  });
}
