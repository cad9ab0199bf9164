import type { Random } from './random.ts';

export interface HeaderMaterial {
  host: string;
  /** Cookie or Authorization line of somebody who may use the app, or none. */
  credential: string;
  path: string;
  /** Stands in every forged value. */
  mark: string;
}

const identityNames = [
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Preferred-Username',
  'X-Forwarded-Access-Token',
  'X-Forwarded-Groups',
  'X-Forwarded-Host',
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-Real-Ip',
  'X-Request-Id',
  'Gap-Auth',
];

const crlf = '\r\n';

function spelled(random: Random): string {
  const name = random.pick(identityNames);
  return [...name]
    .map((letter) => {
      if (letter === '-') return random.pick(['-', '-', '_', '.', '~', '+', '!', '`', '|']);
      return random.chance(0.5) ? letter.toUpperCase() : letter.toLowerCase();
    })
    .join('');
}

/** A header as written: also with what a careful parser refuses. */
function headerLine(random: Random, mark: string): string {
  const name = spelled(random);
  const value = random.pick([
    mark,
    `${mark}@acme.test`,
    `ana@acme.test, ${mark}@acme.test`,
    `"${mark}"`,
    `\t ${mark} \t`,
    `=?utf-8?q?${mark}?=`,
  ]);
  return random.pick([
    `${name}: ${value}`,
    `${name}:${value}`,
    `${name} : ${value}`,
    `${name}\t: ${value}`,
    ` ${name}: ${value}`,
    `X-Pad: a${crlf} ${name}: ${value}`,
    `${name}:${crlf} ${value}`,
    `X-Pad: a\n${name}: ${value}`,
    `X-Pad: a\r${name}: ${value}`,
    `${name}\u0000: ${value}`,
    `\u00a0${name}: ${value}`,
    `${name}\u00ad: ${value}`,
    `${name}: ${value}${crlf}${name}: ${value}`,
    `X-Pad: ${'a'.repeat(random.int(4000))}${crlf}${name}: ${value}`,
  ]);
}

const forgedLines = (random: Random, mark: string) =>
  Array.from({ length: 1 + random.int(3) }, () => headerLine(random, mark));

/** A whole request that must not reach the app on its own. */
const inner = ({ host, mark }: HeaderMaterial, random: Random) =>
  [
    `GET /smuggled-${mark} HTTP/1.1`,
    `Host: ${host}`,
    headerLine(random, mark),
    `X-Forwarded-Email: ${mark}@acme.test`,
    `X-Forwarded-User: ${mark}`,
    '',
    '',
  ].join(crlf);

const request = (m: HeaderMaterial, method: string, lines: readonly string[], body = '') =>
  [
    `${method} ${m.path} HTTP/1.1`,
    `Host: ${m.host}`,
    ...(m.credential ? [m.credential] : []),
    ...lines,
    '',
    body,
  ].join(crlf);

const chunk = (text: string) => `${Buffer.byteLength(text, 'latin1').toString(16)}${crlf}${text}${crlf}`;

const transferEncodings = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding:chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: "chunked"',
  `Transfer-Encoding:${crlf} chunked`,
  `Transfer-Encoding: chunked${crlf}Transfer-Encoding: x`,
  'transfer_encoding: chunked',
  'X: a\nTransfer-Encoding: chunked',
];

const lengths = (length: number) => [
  `Content-Length: ${length}`,
  `Content-Length: +${length}`,
  `Content-Length: 0${length}`,
  `Content-Length: ${length}, ${length}`,
  `Content-Length: ${length}${crlf}Content-Length: 0`,
  `Content-Length: 0x${length.toString(16)}`,
  `Content-Length: ${length} 0`,
  `content_length: ${length}`,
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
];

/** Every row makes the bytes of one connection. Names stand in docs/coverage/attacks.md. */
export const headerAttacks: Readonly<Record<string, (m: HeaderMaterial, random: Random) => string>> = {
  'identity headers in every spelling': (m, random) =>
    request(m, random.pick(['GET', 'DELETE', 'OPTIONS', 'HEAD']), forgedLines(random, m.mark)),
  'named by Connection': (m, random) => {
    const names = [spelled(random), 'X-Forwarded-Email', 'Cookie', 'Authorization'].join(', ');
    return request(m, 'GET', [
      `${random.pick(['Connection', 'connection', 'Proxy-Connection'])}: ${random.pick(['close', 'keep-alive', 'x'])}, ${names}`,
      ...forgedLines(random, m.mark),
    ]);
  },
  'in chunked trailers': (m, random) => {
    const trailers = [`X-Forwarded-Email: ${m.mark}`, ...forgedLines(random, m.mark)].join(crlf);
    const body = `${chunk('x')}0${crlf}${trailers}${crlf}${crlf}`;
    return request(m, 'POST', ['Transfer-Encoding: chunked', 'Trailer: X-Forwarded-Email'], body);
  },
  'in chunk extensions': (m, random) => {
    const extension = random.pick([
      `;a=${m.mark}`,
      `;${m.mark}\n`,
      `;a="${crlf}X-Forwarded-Email: ${m.mark}"`,
      ' ;x',
    ]);
    return request(m, 'POST', ['Transfer-Encoding: chunked'], `1${extension}${crlf}x${crlf}0${crlf}${crlf}`);
  },
  'length against chunks': (m, random) => {
    const hidden = inner(m, random);
    const body = random.pick([`0${crlf}${crlf}${hidden}`, `${chunk(hidden)}0${crlf}${crlf}`, hidden]);
    const framing = [random.pick(lengths(body.length)), random.pick(transferEncodings)];
    return request(m, 'POST', random.chance(0.5) ? framing : framing.reverse(), body);
  },
  'strange transfer encodings': (m, random) =>
    request(m, 'POST', [random.pick(transferEncodings)], `0${crlf}${crlf}${inner(m, random)}`),
  'strange lengths': (m, random) => {
    const hidden = inner(m, random);
    return request(m, random.pick(['POST', 'GET']), [random.pick(lengths(hidden.length))], hidden);
  },
  'one request behind another': (m, random) =>
    `${request(m, 'GET', [])}${inner(m, random)}${request({ ...m, credential: '' }, 'GET', forgedLines(random, m.mark))}`,
  'strange request lines': (m, random) => {
    const line = random.pick([
      `GET http://${m.host}${m.path} HTTP/1.1`,
      `GET http://evil.example${m.path} HTTP/1.1`,
      `GET ${m.path} HTTP/1.0`,
      `GET ${m.path}`,
      `GET  ${m.path}  HTTP/1.1`,
      `GET\t${m.path} HTTP/1.1`,
      `GET ${m.path} HTTP/1.1${crlf}X-Forwarded-Email: ${m.mark}${crlf}X: HTTP/1.1`,
      `GET ${m.path}%0d%0aX-Forwarded-Email:%20${m.mark} HTTP/1.1`,
      `GET ${m.path} HTTP/2.0`,
      `CONNECT ${m.host} HTTP/1.1`,
      `PRI * HTTP/2.0${crlf}${crlf}SM`,
      `TRACE ${m.path} HTTP/1.1`,
    ]);
    const credential = m.credential ? `${m.credential}${crlf}` : '';
    return `${line}${crlf}Host: ${m.host}${crlf}${credential}${forgedLines(random, m.mark).join(crlf)}${crlf}${crlf}`;
  },
  'two hosts': (m, random) => {
    const host = random.pick([
      'evil.example',
      `localhost:${m.host.split(':')[1]}`,
      `${m.host}, evil.example`,
    ]);
    return random.chance(0.5)
      ? request({ ...m, host }, 'GET', forgedLines(random, m.mark))
      : request(m, 'GET', [`Host: ${host}`, ...forgedLines(random, m.mark)]);
  },
  'two credentials': (m, random) =>
    request(m, 'GET', [
      random.pick([
        `Authorization: Bearer ${m.mark}`,
        `Authorization: Basic ${Buffer.from(`${m.mark}:${m.mark}`).toString('base64')}`,
        `Cookie: __Host-databricksapps=${m.mark}`,
        `Cookie: session=${m.mark}; X-Forwarded-Email=${m.mark}`,
        `Proxy-Authorization: Bearer ${m.mark}`,
      ]),
      ...forgedLines(random, m.mark),
    ]),
  upgrades: (m, random) =>
    request(m, 'GET', [
      `Connection: ${random.pick(['Upgrade', 'upgrade, X-Forwarded-Email', 'Upgrade, HTTP2-Settings'])}`,
      `Upgrade: ${random.pick(['h2c', 'websocket', 'TLS/1.0', m.mark])}`,
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      ...forgedLines(random, m.mark),
    ]),
};
