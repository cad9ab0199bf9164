import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionStatus } from '../../sdk-mocks/sql/dialect/index.ts';

const file = join(import.meta.dirname, 'sql-functions.md');

function page(): string {
  const all = functionStatus().sort((a, b) => (a.name < b.name ? -1 : 1));
  const exact = all.filter((one) => one.status === 'exact').length;
  const refused = all.filter((one) => one.status === 'refused').length;
  const run = all.length - refused;
  return [
    '# SQL functions',
    '',
    `The warehouse runs ${run} built-in functions: ${exact} as the platform does, ${run - exact} close to it (see the note).`,
    `${refused} more are refused by name with \`UNSUPPORTED_FEATURE\`, as their answers would not be exact.`,
    'Every other name is answered with `UNRESOLVED_ROUTINE`. Written by `pnpm gen`.',
    '',
    ...all.map(
      (one) =>
        `- \`${one.name}\`: ${one.kind}, ${one.status}${one.note === undefined ? '' : `. ${one.note}`}`,
    ),
    '',
  ].join('\n');
}

/** Writes docs/coverage/sql-functions.md from the table of functions. */
export function generateSqlFunctions(): void {
  writeFileSync(file, page());
}

/** Says whether the page is stale. */
export function staleSqlFunctions(): string[] {
  const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return written === page()
    ? []
    : ['docs/coverage/sql-functions.md does not match the functions: run pnpm gen'];
}
