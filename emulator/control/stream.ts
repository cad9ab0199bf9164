import type { Request, Response } from 'express';
import type { Send } from './define.ts';

/** Bytes a slow reader may owe before the stream is ended; it continues with Last-Event-ID. */
const owedLimit = 8 * 1024 * 1024;
const heartbeatEvery = 15_000;

/** Answers with server-sent events until the client leaves. */
export function streamEvents(req: Request, res: Response, open: (send: Send) => () => void): void {
  let close = () => {};
  // Opened before the head is sent: what it throws is still a plain refusal.
  const waiting: string[] = [];
  let started = false;
  const write = (text: string) => {
    if (!started) {
      waiting.push(text);
      return;
    }
    res.write(text);
    if (res.writableLength > owedLimit) res.end('event: behind\ndata: {}\n\n');
  };
  close = open((data, id) =>
    write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`),
  );
  res.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  res.flushHeaders();
  started = true;
  res.write(`: open\n\n${waiting.join('')}`);
  const heartbeat = setInterval(() => res.write(': still here\n\n'), heartbeatEvery);
  heartbeat.unref();
  const end = () => {
    clearInterval(heartbeat);
    close();
  };
  res.on('close', end);
  req.on('error', end);
}
