import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { createRunCertificates } from '../../emulator/tls/index.ts';

const run = promisify(execFile);

/** Runs a client to its end with nothing but these variables, and gives its last line. */
export async function runClient(
  command: string,
  args: string[],
  env: Record<string, string>,
): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const { stdout } = await run(command, args, { env: { PATH, HOME, ...env }, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** The last line as JSON: packages print warnings before it. */
export function lastLine(output: string) {
  return JSON.parse(output.trim().split('\n').at(-1) ?? '{}');
}

/** TLS with a certificate of a run in front of the workspace, for drivers that speak nothing else. */
export async function tlsFront(
  workspaceUrl: string,
  { address = '127.0.0.1', port = 0 } = {},
): Promise<{ port: number; ca: string; server: Server }> {
  const certificates = await createRunCertificates({ names: [], wall: Date.now });
  const { cert, key } = await certificates.leaf([address]);
  const { host, port: target } = new URL(workspaceUrl);
  const server = createServer({ cert, key }, (req, res) => {
    const onward = request({
      host: '127.0.0.1',
      port: target,
      path: req.url,
      method: req.method,
      headers: { ...req.headers, host },
    });
    onward.on('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return { port: (server.address() as AddressInfo).port, ca: certificates.bundle(), server };
}
