import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { families } from '../../sdk-mocks/families/families.gen.ts';
import { coverageMarkdown, coverageTable } from '../../sdk-mocks/workspace/index.ts';

const file = join(import.meta.dirname, 'operations.md');

/** Writes docs/coverage/operations.md. Run it after the registry of families was written. */
export function generateCoverage(): void {
  writeFileSync(file, coverageMarkdown(coverageTable(families)));
}

/** Says whether the page is stale. */
export function staleCoverage(): string[] {
  const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const fresh = written === coverageMarkdown(coverageTable(families));
  return fresh ? [] : ['docs/coverage/operations.md does not match the families: run pnpm gen'];
}
