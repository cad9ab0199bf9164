import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { promisify } from 'node:util';
import type { Io } from './io.ts';

export interface Check {
  name: string;
  /** `note`: works, with something to know. `missing`: Brickbox cannot run. */
  state: 'ok' | 'note' | 'missing';
  found: string;
  hint?: string;
}

const exec = promisify(execFile);
/** Python and Node of the platform (docs: Apps system environment). */
const platformPython = '3.11';
const platformNode = '22';

/** Looks at everything a sandbox, an app or a test may need. Reads only; starts nothing that stays. */
export async function checkMachine(io: Io): Promise<Check[]> {
  return [
    nodeCheck(),
    await appNodeCheck(io),
    await pythonCheck(io),
    await tool(io, 'java', ['-version'], 'Only Java apps and the JDBC driver need it.'),
    await chromiumCheck(io),
    await tool(io, 'curl', ['--version'], 'Handy, not needed: brickbox curl does without.'),
    await loopbackCheck(),
    await egressCheck(io),
    certificateCheck(io),
    realWorkspaceCheck(io),
  ];
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 22 || (major === 22 && minor >= 18);
  return {
    name: 'node',
    state: enough ? 'ok' : 'missing',
    found: `${process.versions.node} runs Brickbox`,
    ...(!enough && { hint: 'Brickbox needs Node 22.18 or newer.' }),
  };
}

/** The app runs on the Node of the user's PATH, which need not be the one that runs Brickbox. */
async function appNodeCheck(io: Io): Promise<Check> {
  const version = await versionOf(io, 'node', ['--version']);
  if (version === undefined) {
    return {
      name: 'node for apps',
      state: 'note',
      found: 'not on the PATH',
      hint: 'Node apps cannot start.',
    };
  }
  return { name: 'node for apps', ...comparedTo(platformNode, version.replace(/^v/, '')) };
}

async function pythonCheck(io: Io): Promise<Check> {
  const version = await versionOf(io, 'python3', ['--version']);
  if (version === undefined) {
    return { name: 'python', state: 'note', found: 'not on the PATH', hint: 'Python apps cannot start.' };
  }
  return { name: 'python', ...comparedTo(platformPython, version.replace(/^Python /, '')) };
}

function comparedTo(wanted: string, found: string): Pick<Check, 'state' | 'found' | 'hint'> {
  if (found === wanted || found.startsWith(`${wanted}.`)) return { state: 'ok', found };
  return { state: 'note', found, hint: `The platform runs apps on ${wanted}.` };
}

async function chromiumCheck(io: Io): Promise<Check> {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const version = await versionOf(io, name, ['--version']);
    if (version !== undefined) return { name: 'chromium', state: 'ok', found: version };
  }
  return {
    name: 'chromium',
    state: 'note',
    found: 'not on the PATH',
    hint: 'Only tests in a real browser need it.',
  };
}

async function tool(io: Io, name: string, args: string[], purpose: string): Promise<Check> {
  const version = await versionOf(io, name, args);
  return version === undefined
    ? { name, state: 'note', found: 'not on the PATH', hint: purpose }
    : { name, state: 'ok', found: version };
}

/** First line a program prints about itself; Java prints it on stderr. */
async function versionOf(io: Io, command: string, args: string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await exec(command, args, { env: { ...io.env }, timeout: 10_000 });
    return (stdout || stderr).split('\n')[0]?.trim();
  } catch {
    return undefined;
  }
}

async function loopbackCheck(): Promise<Check> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) =>
      resolve({
        name: 'loopback',
        state: 'missing',
        found: `127.0.0.1 cannot be listened on: ${error.message}`,
        hint: 'Brickbox listens on free ports of 127.0.0.1.',
      }),
    );
    server.listen(0, '127.0.0.1', () =>
      server.close(() => resolve({ name: 'loopback', state: 'ok', found: 'free ports on 127.0.0.1' })),
    );
  });
}

/** Whether a user and network namespace can be made without root, which strict egress stands on. */
async function egressCheck(io: Io): Promise<Check> {
  const cooperative: Check = { name: 'egress', state: 'note', found: 'cooperative (advisory)' };
  if (platform() !== 'linux') {
    return { ...cooperative, hint: 'Strict egress needs Linux namespaces.' };
  }
  try {
    const args = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', 'true'];
    await exec('unshare', args, { env: { ...io.env }, timeout: 10_000 });
    return { name: 'egress', state: 'ok', found: 'namespaces can be made: strict is possible' };
  } catch {
    const restricted = readSetting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1';
    const hint = restricted
      ? 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 allows strict egress.'
      : 'Unprivileged user namespaces are not allowed here; strict egress needs them.';
    return { ...cooperative, hint };
  }
}

function readSetting(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

const caVariables = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'CURL_CA_BUNDLE'];

/** A variable that names a missing file breaks every TLS client in ways that are hard to read. */
function certificateCheck(io: Io): Check {
  const set = caVariables.filter((name) => io.env[name]);
  const broken = set.filter((name) => !readable(io.env[name] ?? ''));
  if (broken.length > 0) {
    return {
      name: 'certificates',
      state: 'note',
      found: `${broken.join(', ')} name${broken.length === 1 ? 's' : ''} a file that cannot be read`,
      hint: 'Unset the variable or correct it; clients fail with TLS errors otherwise.',
    };
  }
  return {
    name: 'certificates',
    state: 'ok',
    found: set.length === 0 ? 'no CA variable is set' : `${set.join(', ')} set and readable`,
  };
}

function readable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function realWorkspaceCheck(io: Io): Check {
  const set = Object.keys(io.env).filter((name) => name.startsWith('DATABRICKS_'));
  const ours = io.env['BRICKBOX_URL'] !== undefined;
  if (set.length === 0 || ours) {
    return {
      name: 'environment',
      state: 'ok',
      found: ours ? 'points at a Brickbox run' : 'no DATABRICKS_* variable',
    };
  }
  return {
    name: 'environment',
    state: 'note',
    found: `${set.join(', ')} set in this shell`,
    hint: 'Tools of this shell reach that workspace; brickbox exec and brickbox env replace them.',
  };
}
