import { expect, test } from 'vitest';
import { z } from 'zod';
import { coverageMarkdown, coverageTable } from './coverage.ts';
import { defineFamily, defineOperation } from './define.ts';

const family = (id: string, method: 'GET' | 'POST', path: string) =>
  defineFamily({
    name: 'unit',
    title: '',
    docs: '',
    operations: [
      defineOperation({
        id,
        method,
        path,
        scope: null,
        request: z.object({}),
        handle: () => ({}),
        grade: 'thin',
        evidence: ['a/b.unit.test.ts'],
      }),
    ],
  });

test('holds every known operation, built ones with their family', () => {
  const { operations } = coverageTable([family('files.download', 'GET', '/api/2.0/fs/files/{path*}')]);
  expect(operations.length).toBeGreaterThan(1200);
  expect(operations.find(({ id }) => id === 'files.download')).toEqual({
    id: 'files.download',
    method: 'GET',
    path: '/api/2.0/fs/files{file_path*}',
    family: 'unit',
    grade: 'thin',
    evidence: ['a/b.unit.test.ts'],
  });
  expect(operations.find(({ id }) => id === 'jobs.list')).toMatchObject({ family: null, grade: 'unbuilt' });
  expect(coverageMarkdown({ operations })).toContain('1 of ');
});

test('other parts of the house can be told of', () => {
  const row = { id: 'oauth.token', family: 'identity', grade: 'thin', evidence: [] } as const;
  const { operations } = coverageTable([], [row]);
  expect(operations.find(({ id }) => id === 'oauth.token')).toMatchObject({
    family: 'identity',
    grade: 'thin',
  });
});

test('a family cannot claim what the catalogue does not have', () => {
  expect(() => coverageTable([family('jobs.nope', 'GET', '/api/2.2/jobs/nope')])).toThrow('jobs.nope');
  expect(() => coverageTable([family('jobs.list', 'GET', '/api/2.2/jobs/all')])).toThrow(
    'GET /api/2.2/jobs/list',
  );
});
