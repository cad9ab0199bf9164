import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { families } from '../../sdk-mocks/families/families.gen.ts';
import { coverageMarkdown, coverageTable } from '../../sdk-mocks/workspace/index.ts';
import { generateSqlFunctions, staleSqlFunctions } from './sql-functions.ts';

const file = join(import.meta.dirname, 'operations.md');

/** Writes docs/coverage/operations.md and sql-functions.md. Run it after the registry of families was written. */
export function generateCoverage(): void {
  writeFileSync(file, coverageMarkdown(coverageTable(families)));
  generateSqlFunctions();
}

/** Says whether the page is stale. */
export function staleCoverage(): string[] {
  const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const fresh = written === coverageMarkdown(coverageTable(families));
  const operations = fresh ? [] : ['docs/coverage/operations.md does not match the families: run pnpm gen'];
  return [...operations, ...staleSqlFunctions()];
}
