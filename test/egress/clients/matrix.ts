import type { Language } from './run.ts';

/**
 * What becomes of each client, per mode. `denied`: how the refused attempt is in the journal. `allowed`: whether
 * the client reaches the stub of an allowed host. The tests hold the machine to this table, and the page of
 * docs/coverage is printed from it.
 */
export interface MatrixRow {
  client: string;
  language: Language;
  title: string;
  strict: Cell;
  cooperative: Cell;
}

export interface Cell {
  /**
   * `name`: refused and recorded by name. `sni`: by address, with the name the client asked for. `address`: by
   * address. `unseen`: the gate neither saw nor stopped it.
   */
  denied: 'name' | 'sni' | 'address' | 'unseen';
  /** What the client raises for a denied host. */
  error: RegExp;
  /**
   * `answered`: the stub's answer. `carried`: its bytes reached the stub, which speaks HTTP only. `unreached`: an
   * allowed host is out of its reach. `not run`: not tried by the test. Undefined: names no host.
   */
  allowed?: 'answered' | 'carried' | 'unreached' | 'not run';
}

const noName = /Temporary failure in name resolution|NameResolutionError/;
const tryAgain = /^EAI_AGAIN$/;
const reset = /reset|ECONNRESET/;
const refusedByProxy = /403/;
const noCredentials = /407/;

const named = (error: RegExp, allowed: Cell['allowed'] = 'answered'): Cell => ({
  denied: 'name',
  error,
  allowed,
});
const bySni: Cell = { denied: 'sni', error: reset };
const byAddress: Cell = { denied: 'address', error: reset };
const unseen: Cell = { denied: 'unseen', error: /network is unreachable/ };
/** The machine's own resolver is asked, and does not know the names of the test. */
const past: Cell = { denied: 'unseen', error: /no such host|UnknownHost|lookup/, allowed: 'unreached' };

const both = (cell: Cell) => ({ strict: cell, cooperative: cell });

const python = (name: string, title: string): MatrixRow => ({
  client: `python-${name}`,
  language: 'python',
  title,
  ...both(named(noName)),
});
const node = (name: string, title: string): MatrixRow => ({
  client: `node-${name}`,
  language: 'node',
  title,
  ...both(named(tryAgain)),
});

export const matrix: readonly MatrixRow[] = [
  {
    client: 'curl',
    language: 'curl',
    title: 'curl',
    strict: named(/^curl: \(6\) Could not resolve host/),
    cooperative: named(refusedByProxy),
  },
  python('urllib', 'Python urllib'),
  python('requests', 'Python requests'),
  python('httpx', 'Python httpx'),
  python('aiohttp', 'Python aiohttp'),
  {
    ...python('psycopg', 'Python psycopg (libpq)'),
    strict: named(noName, 'carried'),
    cooperative: named(noName, 'not run'),
  },
  python('websockets', 'Python websockets'),
  python('raw', 'Python raw socket'),
  {
    ...python('own-resolver', 'Python, resolver written into the program (UDP 53)'),
    strict: named(/rcode 2/),
    cooperative: { denied: 'address', error: /Operation not permitted/, allowed: 'unreached' },
  },
  {
    ...python('udp', 'Python UDP to a name (QUIC port)'),
    ...both({ denied: 'name', error: noName }),
  },
  {
    ...python('address-silent', 'Python, TCP to an address, silent'),
    ...both(byAddress),
  },
  {
    ...python('address-sni', 'Python, TLS to an address, with SNI'),
    strict: bySni,
    cooperative: byAddress,
  },
  node('fetch-built-in', 'Node fetch'),
  node('http', 'Node http'),
  node('undici', 'undici'),
  node('axios', 'axios'),
  node('got', 'got'),
  node('ws', 'ws'),
  { ...node('pg', 'pg'), ...both(named(tryAgain, 'carried')) },
  node('raw', 'Node raw socket'),
  { ...node('udp', 'Node UDP to a name (QUIC port)'), ...both({ denied: 'name', error: tryAgain }) },
  { ...node('address', 'Node, TCP to an address'), ...both(byAddress) },
  { ...node('address-sni', 'Node, TLS to an address, with SNI'), strict: bySni, cooperative: byAddress },
  ...(['go-static', 'go-cgo'] as const).flatMap((language): MatrixRow[] => {
    const kind = language === 'go-static' ? 'Go, static' : 'Go with cgo';
    const strictError = language === 'go-static' ? /server misbehaving/ : noName;
    return [
      {
        client: `${language}-http`,
        language,
        title: `${kind}: net/http`,
        strict: named(strictError),
        cooperative: named(refusedByProxy),
      },
      {
        client: `${language}-raw`,
        language,
        title: `${kind}: raw socket`,
        strict: named(strictError),
        cooperative: past,
      },
      {
        client: `${language}-address`,
        language,
        title: `${kind}: TCP to an address`,
        strict: byAddress,
        cooperative: unseen,
      },
    ];
  }),
  {
    client: 'java-httpclient',
    language: 'java',
    title: 'Java HttpClient',
    strict: named(/ConnectException/),
    cooperative: named(noCredentials, 'unreached'),
  },
  {
    client: 'java-urlconnection',
    language: 'java',
    title: 'Java HttpURLConnection',
    strict: named(/UnknownHostException/),
    cooperative: named(noCredentials, 'unreached'),
  },
  {
    client: 'java-raw',
    language: 'java',
    title: 'Java raw socket',
    strict: named(/UnknownHostException/),
    cooperative: past,
  },
];

const deniedText: Record<Cell['denied'], string> = {
  name: 'refused, by name',
  sni: 'refused, by address and SNI',
  address: 'refused, by address',
  unseen: '**not seen, not stopped**',
};

const allowedText = {
  answered: 'answered',
  carried: 'carried to the stub',
  unreached: '**not reached**',
  'not run': 'not run',
};

/** Title of the test of a cell. */
export const testName = (mode: string, { client }: MatrixRow): string => `${mode}: ${client}`;

/** The page of docs/coverage. */
export function matrixPage(): string {
  const cell = (mode: 'strict' | 'cooperative', row: MatrixRow) => {
    const { denied, allowed } = row[mode];
    const reach = allowed === undefined ? '' : `; allowed host ${allowedText[allowed]}`;
    return `${deniedText[denied]}${reach} (\`${testName(mode, row)}\`)`;
  };
  const rows = matrix.map((row) => [row.title, cell('strict', row), cell('cooperative', row)]);
  return [
    '# Egress: which clients are held',
    '',
    'Each client, without any proxy setting of its own, reaches for a denied control host and for an allowed one that a stub answers. Each cell names its test in `test/egress/clients/matrix.client.test.ts`; the page is printed from the table those tests check.',
    '',
    'Strict mode holds every client. Cooperative mode is advisory: what is marked bold passes it by.',
    '',
    ...table(['Client', 'Strict', 'Cooperative (advisory)'], rows),
    '',
    'Not run: libpq connects by itself to the address that cooperative mode makes up for an allowed name, so that an allowed database is not reached there; the test does not send that packet. Java has no place for proxy credentials in its system properties: its clients are refused and recorded, also for allowed hosts, unless the program sets an `Authenticator`.',
    '',
  ].join('\n');
}

/** A Markdown table, padded as the formatter of this repository wants it. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heads.map((_, column) =>
    Math.max(...[heads, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
