import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createCatalogue, extraOperations } from './index.ts';

const catalogue = createCatalogue();
const find = (line: string) => {
  const [method = '', path = ''] = line.split(' ');
  return catalogue.find(method, path)?.id;
};

test('holds every operation of the SDK once', () => {
  const operations = catalogue.operations();
  expect(operations.length).toBe(1228 + extraOperations.length);
  const keys = operations.map(({ method, path }) => `${method} ${path.replace(/\{[^}*]*/g, '{')}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
});

test('names fields as they are on the wire', () => {
  const execute = catalogue.operations().find(({ id }) => id === 'statement_execution.execute_statement');
  expect(execute).toMatchObject({
    method: 'POST',
    path: '/api/2.0/sql/statements',
    service: 'sql',
    body: { statement: 'str', warehouse_id: 'str', wait_timeout: 'str?', format: 'sql.Format?' },
    response: 'sql.StatementResponse',
  });
  const types = JSON.parse(readFileSync(new URL('./types.gen.json', import.meta.url), 'utf8'));
  expect(types['sql.StatementResponse']).toMatchObject({ status: 'sql.StatementStatus?' });
  expect(types['sql.Format']).toEqual(['ARROW_STREAM', 'CSV', 'JSON_ARRAY']);
  // A wire name that differs from the attribute's.
  expect(types['iam.ComplexValue']).toHaveProperty('$ref');
});

test('almost every type that is referred to is known', () => {
  const types = JSON.parse(readFileSync(new URL('./types.gen.json', import.meta.url), 'utf8'));
  const texts = catalogue
    .operations()
    .flatMap(({ query, body, response }) =>
      [query, body, response].flatMap((part) =>
        typeof part === 'string' ? [part] : Object.values(part ?? {}),
      ),
    );
  const unknown = texts.filter((text) => {
    const name = text.replace(/[?[\]]/g, '').replace(/^map<(.*)>$/, '$1');
    return name === 'any' || (name.includes('.') && !(name in types));
  });
  expect(unknown.length).toBeLessThan(texts.length * 0.01);
});

test.each([
  ['GET /api/2.0/sql/statements/abc', 'statement_execution.get_statement'],
  ['DELETE /api/2.0/sql/statements/abc', 'statement_execution.close_statement'],
  ['GET /api/2.0/fs/files/Volumes/a/b/c/d.txt', 'files.download'],
  ['GET /api/2.0/postgres/projects/p/branches/b', 'postgres.get_branch'],
  ['GET /api/2.0/postgres/projects/p/branches/b/endpoints', 'postgres.list_endpoints'],
  ['GET /api/2.1/unity-catalog/tables/main.a.b', 'tables.get'],
  ['GET /api/2.0/apps/a', 'apps.get'],
  ['GET /api/2.0/nothing', undefined],
  ['GET /api/2.0/nothing/at/all', undefined],
  ['GET /api/2.1/unity-catalog/nothing/at/all', undefined],
  ['PUT /api/2.0/apps/a', undefined],
])('%s is %s', (line, id) => {
  expect(find(line)).toBe(id);
});
