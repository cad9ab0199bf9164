import { execFile } from 'node:child_process';

/** What curl printed with `-i`: the last answer of the exchange. */
export interface CurlAnswer {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
  body: string;
  text: string;
}

/** Runs the real curl. It reads no configuration of the user's and goes through no proxy. */
export function curl(program: string, ...args: string[]): Promise<CurlAnswer> {
  return new Promise((done, failed) => {
    execFile(
      program,
      ['-q', '-sS', '-i', '--max-time', '20', '--noproxy', '*', ...args],
      { env: { PATH: process.env['PATH'] ?? '' }, maxBuffer: 8 * 1024 * 1024 },
      (error, stdout, stderr) =>
        error ? failed(new Error(`${error.message}\n${stderr}`)) : done(read(stdout)),
    );
  });
}

function read(text: string): CurlAnswer {
  let rest = text;
  let head = '';
  while (/^HTTP\/[\d.]+ \d{3}/.test(rest)) {
    const end = rest.indexOf('\r\n\r\n');
    head = rest.slice(0, end);
    rest = rest.slice(end + 4);
  }
  const [statusLine = '', ...lines] = head.split('\r\n');
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(pairs),
    cookies: pairs.filter(([name]) => name === 'set-cookie').map(([, value]) => value),
    body: rest,
    text,
  };
}
