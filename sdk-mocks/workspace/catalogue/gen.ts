import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Version of the PyPI package `databricks-sdk` that the catalogue is read from. */
export const sdkVersion = '0.133.0';

const here = import.meta.dirname;
const script = join(here, 'generate.py');
const operationsFile = join(here, 'operations.gen.json');
const typesFile = join(here, 'types.gen.json');
const stampFile = join(here, 'stamp.gen.json');

interface Stamp {
  sdk: string;
  /** SHA-256 of the generator's script and of each file it wrote. */
  script: string;
  operations: string;
  types: string;
}

/**
 * Writes the catalogue again: downloads the pinned SDK with pip and reads its service modules.
 * Needs python3 with pip and a package index.
 */
export function generateCatalogue(python = 'python3'): void {
  const folder = mkdtempSync(join(tmpdir(), 'brickbox-catalogue-'));
  try {
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
    execFileSync(
      python,
      [...pip, '--only-binary', ':all:', '--dest', folder, `databricks-sdk==${sdkVersion}`],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error(`pip left no wheel of databricks-sdk ${sdkVersion}.`);
    execFileSync(python, [script, join(folder, wheel), operationsFile, typesFile], { stdio: 'inherit' });
    writeFileSync(stampFile, `${JSON.stringify(currentStamp(), null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says what is stale, without network: the stamp names the version, the script and the files that belong together. */
export function staleCatalogue(): string[] {
  const written: Partial<Record<string, unknown>> = JSON.parse(readFileSync(stampFile, 'utf8'));
  return Object.entries(currentStamp())
    .filter(([key, value]) => written[key] !== value)
    .map(([key]) => `${key} has changed since the catalogue was written: run pnpm gen`);
}

function currentStamp(): Stamp {
  return {
    sdk: sdkVersion,
    script: digest(script),
    operations: digest(operationsFile),
    types: digest(typesFile),
  };
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
