import { expect, test } from 'vitest';
import { satisfyingScope } from './scopes.ts';

test.each([
  [['sql'], ['sql'], 'sql'],
  [['sql'], ['sql.statement-execution'], 'sql'],
  [['sql'], ['sql:restricted-query'], 'sql'],
  [['sql.statement-execution'], ['sql'], null],
  [['catalog.tables'], ['catalog.tables:read'], 'catalog.tables'],
  [['catalog.tables:read'], ['catalog.tables'], null],
  [['sq'], ['sql'], null],
  [['sqlx'], ['sql'], null],
  [['email', 'all-apis'], ['jobs'], 'all-apis'],
  [['sql', 'files'], ['all-apis'], null],
  [['files.files'], ['files'], 'files.files'],
  [['genie'], ['dashboards.genie'], 'genie'],
  [[], ['sql'], null],
  [['a'], ['b', 'a.c'], 'a'],
])('%j for %j: %s', (granted, required, satisfied) => {
  expect(satisfyingScope(granted, required)).toBe(satisfied);
});
