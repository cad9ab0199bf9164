import { expect, test } from 'vitest';
import { checkAppScopes, effectiveAppScopes, refusedAppScopes, satisfiedBy, satisfies } from './index.ts';

test.each([
  [['sql'], 'sql.statement-execution', true],
  [['sql'], 'sql:restricted-query', true],
  [['sql'], 'sqlx', false],
  [['sql.statement-execution'], 'sql', false],
  [['all-apis'], 'jobs', true],
  [['files.files'], 'files', true],
  [['files'], 'files.files', true],
  [['dashboards.genie'], 'genie', true],
  [['catalog.catalogs'], 'catalog.catalogs:read', true],
  [['catalog.tables:read'], 'catalog.schemas:read', false],
  [['vectorsearch.vector-search-indexes'], 'vector-search', true],
  [['offline_access', 'openid'], 'sql', false],
  [[], 'sql', false],
])('%j opens %s: %s', (have, required, answer) => {
  expect(satisfies(have, required)).toBe(answer);
});

test('any of several required scopes is enough, and the one that opened is named', () => {
  expect(satisfiedBy(['files', 'sql'], ['jobs', 'sql.warehouses:read'])).toBe('sql');
  expect(satisfiedBy(['files'], ['jobs', 'sql'])).toBeNull();
});

test('scopes an app cannot have are refused with the error of the platform', () => {
  for (const scope of [...refusedAppScopes, 'made-up']) {
    expect(() => checkAppScopes(['sql', scope]), scope).toThrow(
      expect.objectContaining({
        status: 400,
        code: 'INVALID_PARAMETER_VALUE',
        message: `The specified scope ${scope} is not a valid scope`,
      }),
    );
  }
  expect(() => checkAppScopes(['sql', 'files.files', 'genie'])).not.toThrow();
});

test('effective scopes are the defaults and what was asked', () => {
  expect(effectiveAppScopes(['sql', 'iam.current-user:read'])).toEqual([
    'iam.access-control:read',
    'iam.current-user:read',
    'sql',
  ]);
});
