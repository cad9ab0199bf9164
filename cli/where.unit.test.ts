import { expect, test } from 'vitest';
import { callFolder, runFolder } from './where.ts';

test('a package manager keeps the folder the command was called from', () => {
  const env = { INIT_CWD: '/home/me/app', npm_lifecycle_event: 'brickbox' };
  expect(callFolder({ env, cwd: '/home/me' })).toBe('/home/me/app');
});

test('INIT_CWD outside a script is a leftover', () => {
  expect(callFolder({ env: { INIT_CWD: '/elsewhere' }, cwd: '/home/me' })).toBe('/home/me');
});

test('a run belongs to the folder of its configuration, else of its first app', () => {
  const io = { env: {}, cwd: '/home/me' };
  expect(runFolder(io, { config: 'test/brickbox.yaml', app: ['app'] })).toBe('/home/me/test');
  expect(runFolder(io, { app: ['front', 'back'] })).toBe('/home/me/front');
  expect(runFolder(io, {})).toBe('/home/me');
});
