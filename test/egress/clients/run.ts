import { join } from 'node:path';
import { z } from 'zod';
import { createSandbox, type Sandbox } from '../../../emulator/index.ts';

/** Where the programs of each language are; undefined where its toolchain is absent. */
export const toolchains = {
  curl: process.env['BRICKBOX_TEST_CURL'],
  python: process.env['BRICKBOX_TEST_EGRESS_PYTHON'],
  node: process.env['BRICKBOX_TEST_EGRESS_NODE'],
  'go-static': process.env['BRICKBOX_TEST_EGRESS_GO_STATIC'],
  'go-cgo': process.env['BRICKBOX_TEST_EGRESS_GO_CGO'],
  java: process.env['BRICKBOX_TEST_EGRESS_JAVA'],
};
export type Language = keyof typeof toolchains;

/** Every client asks for its own name below one of these: the first is denied, the second is stubbed. */
export const zones = { denied: 'denied.example', allowed: 'allowed.example' };

/**
 * Where clients that name no host go: an address for each language, so that attempts can be told apart. In strict
 * mode nothing leaves the namespace. In cooperative mode some clients are not stopped, so theirs is a multicast
 * address, to which the kernel itself refuses TCP: no packet leaves.
 */
const networks = {
  strict: { destinations: '192.0.2', resolver: '8.8.8.8' },
  cooperative: { destinations: '239.0.2', resolver: '255.255.255.255' },
};
const hosts: Record<Language, number> = { curl: 1, python: 2, node: 3, 'go-static': 4, 'go-cgo': 5, java: 6 };

export function addressOf(language: Language, mode: MatrixMode): string {
  return `${networks[mode].destinations}.${hosts[language]}`;
}

export type MatrixMode = keyof typeof networks;

/** What one client saw: an answer, or the error it raised. */
const row = z.object({ client: z.string(), answer: z.string().optional(), error: z.string().optional() });
export type Row = z.output<typeof row>;

export function openMatrixWorld(mode: MatrixMode): Promise<Sandbox> {
  return createSandbox({
    folder: import.meta.dirname,
    config: {
      personas: { ana: { user_name: 'ana@acme.test' } },
      egress: { mode, allowed: { [`*.${zones.allowed}`]: { stub: 'stubs/any' } } },
      apps: {
        clients: {
          source_code_path: 'app',
          permissions: [{ user_name: 'ana@acme.test', level: 'CAN_USE' }],
        },
      },
    },
  });
}

/** Runs a language's clients where the app runs, against the denied and the allowed zone. */
export async function runClients(
  sandbox: Sandbox,
  mode: MatrixMode,
  language: Language,
): Promise<{ denied: Row[]; allowed: Row[] }> {
  const [denied, allowed] = await Promise.all(
    [zones.denied, zones.allowed].map(async (zone) => {
      if (language === 'curl') return [await runCurl(sandbox, zone)];
      const { stdout, stderr } = await inside(sandbox, commandLine(language, zone, mode));
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
      if (lines.length === 0) throw new Error(`The ${language} clients printed nothing: ${stderr}`);
      return lines.map((line) => row.parse(JSON.parse(line)));
    }),
  );
  return { denied: denied ?? [], allowed: allowed ?? [] };
}

async function runCurl(sandbox: Sandbox, zone: string): Promise<Row> {
  const argv = [toolchains.curl ?? '', '-sS', '--fail', '--max-time', '15', `http://curl.${zone}/`];
  const { code, stderr } = await inside(sandbox, argv);
  return code === 0 ? { client: 'curl', answer: '200' } : { client: 'curl', error: stderr.trim() };
}

function commandLine(language: Exclude<Language, 'curl'>, zone: string, mode: MatrixMode): string[] {
  const where = toolchains[language] ?? '';
  const programs = join(import.meta.dirname, 'programs');
  const destination = addressOf(language, mode);
  const { resolver } = networks[mode];
  switch (language) {
    case 'python':
      return [where, join(programs, 'probes.py'), zone, destination, resolver, ...notRun(zone, mode)];
    case 'node':
      return [process.execPath, join(programs, 'probes.mjs'), where, zone, destination];
    case 'java':
      return ['java', '-cp', where, 'Probes', zone];
    default:
      return [where, language, zone, destination];
  }
}

/**
 * libpq connects by itself to the address a shim of cooperative mode made up for an allowed name. That would be
 * a packet of the test to the outside.
 */
function notRun(zone: string, mode: MatrixMode): string[] {
  return mode === 'cooperative' && zone === zones.allowed ? ['python-psycopg'] : [];
}

const done = z.object({ code: z.union([z.number(), z.string()]), stdout: z.string(), stderr: z.string() });

/** Runs a command as a child of the app. The Go program with cgo shall use the C library's resolver. */
async function inside(sandbox: Sandbox, argv: readonly string[]): Promise<z.output<typeof done>> {
  const answer = await sandbox.as('ana').fetch('/run', {
    method: 'POST',
    body: JSON.stringify({
      argv,
      env: { PYTHONDONTWRITEBYTECODE: '1', GODEBUG: 'netdns=cgo' },
    }),
  });
  return done.parse(await answer.json());
}
