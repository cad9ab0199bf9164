import { families } from '../../sdk-mocks/families/families.gen.ts';
import { type CoverageRow, coverageTable as tableOf } from '../../sdk-mocks/workspace/index.ts';

/** Every REST operation known, with its family, grade and evidence. Loads the catalogue: some ten milliseconds. */
export function coverageTable(): readonly CoverageRow[] {
  return tableOf(families).operations;
}
