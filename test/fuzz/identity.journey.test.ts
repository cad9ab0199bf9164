import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../../emulator/index.ts';
import { headerAttacks } from './headers.ts';
import { fuzzHeaders, fuzzTokens, openFuzzHouse, problemOf } from './identity.ts';
import { tokenAttacks } from './tokens.ts';

/** The short form of `pnpm fuzz:identity`: always the same cases. */
let house: Sandbox;
beforeAll(async () => {
  house = await openFuzzHouse();
});
afterAll(() => house.close());

test('no forged token gets through any door', async () => {
  const report = await fuzzTokens(house, 440, 1);
  expect(report.through).toEqual([]);
  expect(Object.keys(report.cases).sort()).toEqual(Object.keys(tokenAttacks).sort());
});

test('no forged header and no strange framing gives anybody another identity', async () => {
  const report = await fuzzHeaders(house, 360, 1);
  expect(report.through).toEqual([]);
  expect(Object.keys(report.cases).sort()).toEqual(Object.keys(headerAttacks).sort());
});

test('what counts as through is noticed', () => {
  const rawHeaders = ['X-Forwarded-Email', 'ana@acme.test'];
  const problem = (more: object, signedIn = true) =>
    problemOf({ path: '/case-1', rawHeaders, rawTrailers: [], ...more }, '/case-1', signedIn, 'forged1');
  expect(problem({})).toBeUndefined();
  expect(problem({ rawHeaders: [...rawHeaders, 'x_forwarded.USER', 'forged1'] })).toMatch('forged1');
  expect(problem({ rawTrailers: ['X-Forwarded-Email', 'forged1'] })).toMatch('forged1');
  expect(problem({ rawHeaders: [] })).toMatch('missing');
  expect(problem({ rawHeaders: [...rawHeaders, ...rawHeaders] })).toMatch(' and ');
  expect(problem({ path: '/smuggled-forged1' })).toMatch('hidden request');
  expect(problem({ path: '/case-2' })).toMatch('unexpected path');
  expect(problem({}, false)).toMatch('without a session');
});

test('every row stands in the table of attacks', () => {
  const page = readFileSync(new URL('../../docs/coverage/attacks.md', import.meta.url), 'utf8');
  const rows = [...Object.keys(tokenAttacks), ...Object.keys(headerAttacks)];
  expect(rows.filter((name) => !page.includes(`| ${name} `))).toEqual([]);
});
