import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { BrickboxError } from '../core/index.ts';

/**
 * Variables that replace a client's trust store (docs: OpenSSL, requests, curl, gRPC). What they name must hold
 * the system's roots too. Node's own variable adds to its roots.
 */
const replacing = [
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
] as const;
const adding = ['NODE_EXTRA_CA_CERTS'] as const;

/** Where Linux distributions and macOS keep the system's roots. */
const systemBundles: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * Writes the CA files of a run into `folder` and returns the variables that point at them. Each file holds what
 * the variable named before, if anything, and `bundle`; where the variable replaces, the system's roots as well.
 * Nothing is put into a system store.
 * @throws BrickboxError CA_BUNDLE_UNREADABLE when an inherited variable names something that cannot be read.
 */
export async function writeCaBundles(options: {
  folder: string;
  /** PEM of the run's root. */
  bundle: string;
  /** Environment the variables may already be set in. */
  inherited: Readonly<Record<string, string | undefined>>;
  /** For tests: where to look for the system's roots. */
  systemBundles?: readonly string[];
}): Promise<Record<string, string>> {
  const { folder, bundle, inherited } = options;
  await mkdir(folder, { recursive: true });
  const system = await systemRoots(options.systemBundles ?? systemBundles);
  const env: Record<string, string> = {};
  for (const variable of [...replacing, ...adding]) {
    const before = inherited[variable];
    const named = before ? await readNamed(variable, before) : '';
    const base = replacing.some((one) => one === variable) ? system : '';
    const file = join(folder, `${variable.toLowerCase()}.pem`);
    await writeFile(file, [base, named, bundle].filter(Boolean).map(endWithNewline).join(''), {
      mode: 0o644,
    });
    env[variable] = file;
  }
  return env;
}

async function systemRoots(candidates: readonly string[]): Promise<string> {
  for (const file of candidates) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.includes('BEGIN CERTIFICATE')) return text;
  }
  return rootCertificates.join('\n');
}

/** `REQUESTS_CA_BUNDLE` may also name a folder of certificates. */
async function readNamed(variable: string, path: string): Promise<string> {
  try {
    if (!(await stat(path)).isDirectory()) return await readFile(path, 'utf8');
    const files = (await readdir(path)).filter((name) => /\.(pem|crt|cer)$/i.test(name)).sort();
    const texts = await Promise.all(files.map((name) => readFile(join(path, name), 'utf8')));
    return texts
      .filter((text) => text.includes('BEGIN CERTIFICATE'))
      .map(endWithNewline)
      .join('');
  } catch (cause) {
    throw new BrickboxError('CA_BUNDLE_UNREADABLE', `${variable} names ${path}, which cannot be read.`, {
      fix: `Unset ${variable}, or point it at a readable PEM file.`,
      cause,
    });
  }
}

const endWithNewline = (text: string) => (text.endsWith('\n') ? text : `${text}\n`);
