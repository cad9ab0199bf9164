import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { egressClients } from './egress-clients.ts';
import { sqlDrivers } from './sql-drivers.ts';
import { run, type Toolchain, which } from './toolchain.ts';

/** Python packages of the client tests, exact. */
const pythonPackages = ['databricks-sdk==0.133.0'];

/** Finds or installs every optional toolchain. Says what takes time through `say`. */
export function prepareToolchains(root: string, say: (line: string) => void): Toolchain[] {
  return [curl(), chromium(), python(root, say), ...sqlDrivers(root, say), ...egressClients(root, say)];
}

function curl(): Toolchain {
  const found = which('curl');
  return {
    name: 'curl',
    missing: found ? undefined : 'curl is not on PATH',
    env: found ? { BRICKBOX_TEST_CURL: found } : {},
  };
}

function chromium(): Toolchain {
  const found = which('chromium') ?? which('chromium-browser') ?? which('google-chrome');
  return {
    name: 'Chromium',
    missing: found ? undefined : 'no chromium, chromium-browser or google-chrome on PATH',
    env: found ? { BRICKBOX_TEST_CHROMIUM: found } : {},
  };
}

function python(root: string, say: (line: string) => void): Toolchain {
  const name = 'Python with databricks-sdk';
  const python3 = which('python3');
  if (!python3) return { name, missing: 'python3 is not on PATH', env: {} };
  const venv = join(root, '.cache/venv');
  const stamp = join(venv, 'brickbox-packages');
  const wanted = createHash('sha256').update(pythonPackages.join('\n')).digest('hex');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    say(`Installing ${pythonPackages.join(', ')} into .cache/venv …`);
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(join(root, '.cache'), { recursive: true });
    const pip = join(venv, 'bin/pip');
    const made = run(python3, ['-m', 'venv', venv]);
    if (made) return { name, missing: `python3 -m venv failed: ${made}`, env: {} };
    const installed = run(pip, ['install', '--quiet', '--disable-pip-version-check', ...pythonPackages]);
    if (installed) return { name, missing: `pip install failed: ${installed}`, env: {} };
    writeFileSync(stamp, wanted);
  }
  return { name, missing: undefined, env: { BRICKBOX_TEST_PYTHON: join(venv, 'bin/python') } };
}
