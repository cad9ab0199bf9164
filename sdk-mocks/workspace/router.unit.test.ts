import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineFamily, defineOperation, type Operation } from './define.ts';
import { createRouter } from './router.ts';

const operation = (line: string): Operation => {
  const [method, path = ''] = line.split(' ');
  if (method !== 'GET' && method !== 'POST') throw new Error(line);
  return defineOperation({
    id: line,
    method,
    path,
    scope: null,
    request: z.object({}),
    handle: () => ({}),
    grade: 'thin',
    evidence: [],
  });
};
const routerOf = (...lines: string[]) =>
  createRouter([defineFamily({ name: 'unit', title: '', docs: '', operations: lines.map(operation) })]);

const router = routerOf(
  'GET /api/2.0/things',
  'POST /api/2.0/things',
  'GET /api/2.0/things/{id}',
  'GET /api/2.0/things/special',
  'GET /api/2.0/things/{id}/parts/{part}',
  'GET /api/2.0/fs/files/{path*}',
  'POST /api/2.0/sql/statements',
);

test.each([
  ['GET', '/api/2.0/things', 'GET /api/2.0/things', {}],
  ['POST', '/api/2.0/things', 'POST /api/2.0/things', {}],
  ['HEAD', '/api/2.0/things', 'GET /api/2.0/things', {}],
  ['GET', '/api/2.0/things/a%2Fb', 'GET /api/2.0/things/{id}', { id: 'a/b' }],
  ['GET', '/api/2.0/things/special', 'GET /api/2.0/things/special', {}],
  [
    'GET',
    '/api/2.0/things/special/parts/x',
    'GET /api/2.0/things/{id}/parts/{part}',
    { id: 'special', part: 'x' },
  ],
  [
    'GET',
    '/api/2.0/fs/files/Volumes/a/b%20c.txt',
    'GET /api/2.0/fs/files/{path*}',
    { path: 'Volumes/a/b c.txt' },
  ],
  ['POST', '/api/2.0/sql/statements/', 'POST /api/2.0/sql/statements', {}],
  ['PUT', '/api/2.0/things', undefined, undefined],
  ['GET', '/api/2.0/things/', undefined, undefined],
  ['GET', '/api/2.0', undefined, undefined],
])('%s %s', (method, path, id, params) => {
  const match = router.match(method, path);
  expect(match?.operation.id).toBe(id);
  expect(match?.params).toEqual(params);
});

test('bad percent-encoding is a 400', () => {
  expect(() => router.match('GET', '/api/2.0/things/%zz')).toThrow('bad percent-encoding');
});

test('two operations for one path are a defect', () => {
  expect(() => routerOf('GET /a/{x}', 'GET /a/{y}')).toThrow('claim the same');
});
