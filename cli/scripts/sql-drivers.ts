import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once, result, run, type Toolchain, which } from './toolchain.ts';

/** Exact versions of the unmodified SQL drivers the client tests run. */
const connector = 'databricks-sql-connector==4.9.0';
const pythons = [
  {
    variable: 'BRICKBOX_TEST_PYTHON_SQL',
    folder: 'py',
    packages: [connector, 'pyarrow==26.0.1', 'pandas==3.1.1'],
  },
  { variable: 'BRICKBOX_TEST_PYTHON_SQL_PLAIN', folder: 'py-plain', packages: [connector] },
  {
    variable: 'BRICKBOX_TEST_PYTHON_SQL_OLD',
    folder: 'py-old',
    packages: ['databricks-sql-connector==3.4.0'],
  },
];
const nodeDriver = '@databricks/sql@2.1.0';
const goDriver = 'github.com/databricks/databricks-sql-go@v1.14.0';
const jdbcDriver = 'com.databricks:databricks-jdbc:3.4.5';

/** Finds or installs the SQL drivers below `.cache/drivers`, each by its ecosystem's own client. */
export function sqlDrivers(root: string, say: (line: string) => void): Toolchain[] {
  const cache = join(root, '.cache/drivers');
  mkdirSync(cache, { recursive: true });
  return [
    ...pythons.map((one) => python(cache, one, say)),
    node(cache, say),
    go(root, cache, say),
    jdbc(cache, say),
  ];
}

function python(
  cache: string,
  { variable, folder, packages }: (typeof pythons)[number],
  say: (line: string) => void,
): Toolchain {
  const name = `Python with ${packages.join(', ')}`;
  const python3 = which('python3');
  if (!python3) return { name, missing: 'python3 is not on PATH', env: {} };
  const venv = join(cache, folder);
  const failed = once(venv, packages.join('\n'), () => {
    say(`Installing ${packages.join(', ')} into .cache/drivers/${folder} …`);
    return (
      run(python3, ['-m', 'venv', venv]) ??
      run(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages])
    );
  });
  return result(name, failed, variable, join(venv, 'bin/python'));
}

function node(cache: string, say: (line: string) => void): Toolchain {
  const folder = join(cache, 'node');
  const npm = which('npm');
  if (!npm) return { name: nodeDriver, missing: 'npm is not on PATH', env: {} };
  const failed = once(folder, nodeDriver, () => {
    say(`Installing ${nodeDriver} into .cache/drivers/node …`);
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    return run(npm, ['install', '--no-audit', '--no-fund', '--ignore-scripts', nodeDriver], folder);
  });
  return result(nodeDriver, failed, 'BRICKBOX_TEST_NODE_SQL', folder);
}

function go(root: string, cache: string, say: (line: string) => void): Toolchain {
  const folder = join(cache, 'go');
  const command = which('go');
  if (!command) return { name: goDriver, missing: 'go is not on PATH', env: {} };
  const source = join(root, 'test/drivers/go/main.go');
  const failed = once(folder, `${goDriver}\n${readFileSync(source, 'utf8')}`, () => {
    say(`Building a program with ${goDriver} in .cache/drivers/go …`);
    writeFileSync(join(folder, 'go.mod'), 'module brickbox.test/queries\n\ngo 1.25\n');
    copyFileSync(source, join(folder, 'main.go'));
    return (
      run(command, ['get', goDriver], folder) ??
      run(command, ['mod', 'tidy'], folder) ??
      run(command, ['build', '-o', 'queries', '.'], folder)
    );
  });
  return result(goDriver, failed, 'BRICKBOX_TEST_GO_SQL', join(folder, 'queries'));
}

function jdbc(cache: string, say: (line: string) => void): Toolchain {
  const folder = join(cache, 'java');
  const [java, mvn] = [which('java'), which('mvn')];
  if (!java || !mvn) return { name: jdbcDriver, missing: `${java ? 'mvn' : 'java'} is not on PATH`, env: {} };
  const failed = once(folder, jdbcDriver, () => {
    say(`Fetching ${jdbcDriver} into .cache/drivers/java …`);
    return run(mvn, [
      '-q',
      'dependency:copy',
      `-Dartifact=${jdbcDriver}`,
      `-DoutputDirectory=${folder}`,
      '-Dmdep.stripVersion=true',
    ]);
  });
  return result(jdbcDriver, failed, 'BRICKBOX_TEST_JDBC', join(folder, 'databricks-jdbc.jar'));
}
