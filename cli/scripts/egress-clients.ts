import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once, result, run, type Toolchain, which } from './toolchain.ts';

/** Exact versions of the unmodified clients of the egress matrix. */
const pythonPackages = [
  'requests==2.34.2',
  'httpx==0.28.1',
  'aiohttp==3.14.5',
  'websockets==17.4',
  'psycopg[binary]==3.3.9',
];
const nodePackages = ['undici@7.30.2', 'axios@1.21.1', 'got@14.6.6', 'ws@8.23.0', 'pg@8.23.1'];

/** Finds or installs what the egress matrix runs below `.cache/egress`, each by its ecosystem's own client. */
export function egressClients(root: string, say: (line: string) => void): Toolchain[] {
  const cache = join(root, '.cache/egress');
  mkdirSync(cache, { recursive: true });
  return [python(cache, say), node(cache, say), ...goBuilds(root, cache, say), java(root, cache, say)];
}

function python(cache: string, say: (line: string) => void): Toolchain {
  const name = `egress matrix: Python with ${pythonPackages.join(', ')}`;
  const python3 = which('python3');
  if (!python3) return { name, missing: 'python3 is not on PATH', env: {} };
  const venv = join(cache, 'py');
  const failed = once(venv, pythonPackages.join('\n'), () => {
    say(`Installing ${pythonPackages.join(', ')} into .cache/egress/py …`);
    return (
      run(python3, ['-m', 'venv', venv]) ??
      run(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...pythonPackages])
    );
  });
  return result(name, failed, 'BRICKBOX_TEST_EGRESS_PYTHON', join(venv, 'bin/python'));
}

function node(cache: string, say: (line: string) => void): Toolchain {
  const name = `egress matrix: Node with ${nodePackages.join(', ')}`;
  const folder = join(cache, 'node');
  const npm = which('npm');
  if (!npm) return { name, missing: 'npm is not on PATH', env: {} };
  const failed = once(folder, nodePackages.join('\n'), () => {
    say(`Installing ${nodePackages.join(', ')} into .cache/egress/node …`);
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    return run(npm, ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...nodePackages], folder);
  });
  return result(name, failed, 'BRICKBOX_TEST_EGRESS_NODE', folder);
}

/** The same program static, with Go's own resolver, and linked with the C library's. */
function goBuilds(root: string, cache: string, say: (line: string) => void): Toolchain[] {
  const source = join(root, 'test/egress/clients/programs/go/main.go');
  const builds = [
    { kind: 'static', variable: 'BRICKBOX_TEST_EGRESS_GO_STATIC', cgo: '0', needs: [] },
    { kind: 'cgo', variable: 'BRICKBOX_TEST_EGRESS_GO_CGO', cgo: '1', needs: ['gcc'] },
  ];
  return builds.map(({ kind, variable, cgo, needs }) => {
    const name = `egress matrix: Go, ${kind}`;
    const absent = ['go', ...needs].find((command) => !which(command));
    if (absent !== undefined) return { name, missing: `${absent} is not on PATH`, env: {} };
    const folder = join(cache, `go-${kind}`);
    const failed = once(folder, readFileSync(source, 'utf8'), () => {
      say(`Building the Go clients (${kind}) in .cache/egress/go-${kind} …`);
      writeFileSync(join(folder, 'go.mod'), 'module brickbox.test/egress\n\ngo 1.22\n');
      copyFileSync(source, join(folder, 'main.go'));
      return run('env', [`CGO_ENABLED=${cgo}`, 'go', 'build', '-o', 'probes', '.'], folder);
    });
    return result(name, failed, variable, join(folder, 'probes'));
  });
}

function java(root: string, cache: string, say: (line: string) => void): Toolchain {
  const name = 'egress matrix: Java';
  const absent = ['java', 'javac'].find((command) => !which(command));
  if (absent !== undefined) return { name, missing: `${absent} is not on PATH`, env: {} };
  const source = join(root, 'test/egress/clients/programs/Probes.java');
  const folder = join(cache, 'java');
  const failed = once(folder, readFileSync(source, 'utf8'), () => {
    say('Compiling the Java clients in .cache/egress/java …');
    return run('javac', ['-d', folder, source]);
  });
  return result(name, failed, 'BRICKBOX_TEST_EGRESS_JAVA', folder);
}
