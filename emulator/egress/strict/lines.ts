import type { Socket } from 'node:net';

/** Splits what a socket sends into JSON lines. `stop()` ends it and returns the bytes that came after the last line. */
export function readLines(socket: Socket, onLine: (value: unknown, stop: () => Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  let stopped = false;
  const stop = () => {
    stopped = true;
    socket.pause();
    socket.removeListener('data', take);
    return pending;
  };
  const take = (part: Buffer) => {
    pending = Buffer.concat([pending, part]);
    for (let end = pending.indexOf(10); end >= 0 && !stopped; end = pending.indexOf(10)) {
      const line = pending.toString('utf8', 0, end);
      pending = pending.subarray(end + 1);
      try {
        onLine(JSON.parse(line), stop);
      } catch {
        socket.destroy();
        return;
      }
    }
    if (pending.length > 1024 * 1024) socket.destroy();
  };
  socket.on('data', take);
}
