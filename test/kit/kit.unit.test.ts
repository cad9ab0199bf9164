import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../../emulator/index.ts';
import { type FakeSandbox, fakeSandbox } from '../support/fake-sandbox.ts';
import { useSandbox } from './index.ts';
import { nearestConfig } from './use-sandbox.ts';

let fake: FakeSandbox | undefined;

describe('a sandbox for a group of tests', () => {
  const sandbox = useSandbox({
    open: async () => {
      fake = fakeSandbox();
      return fake;
    },
  });

  expect(() => sandbox.workspaceUrl).toThrow('inside test()');

  test('is open when the first test runs, without a reset', () => {
    expect(sandbox.workspaceUrl).toBe('http://127.0.0.1:4711');
    expect(fake?.calls).toEqual([]);
  });

  test('is reset before the next one', () => {
    expect(fake?.calls).toEqual(['reset']);
  });

  test('acts as personas, apps and nobody', async () => {
    expect(await (await sandbox.as('ana').fetch('/x')).text()).toBe('GET /x as ana');
    expect(await (await sandbox.anonymous().fetch('/x')).text()).toBe('GET /x as nobody');
    expect(await sandbox.asApp('orders').token()).toContain('app orders');
  });

  test('the matchers read its answers', async () => {
    await expect(sandbox.as('ana').sql('SELECT 1')).toSeeRows([{ id: 1 }, { day: null }]);
    await expect(sandbox.as('ana').sql('SELECT 1')).toSeeRows(2);
    await expect(sandbox.as('ana').sql('forbidden')).toBeDenied();
    await expect(sandbox.as('ana').sql('forbidden')).toBeDeniedWithReason(
      'GRANT SELECT ON TABLE main.hr.pay',
    );
    await expect(sandbox.as('ana').fetch('/denied')).toBeDenied();
    await expect(sandbox.as('ana').fetch('/x')).not.toBeDenied();
  });

  test('a refused response knows the reasons the journal gave while it was made', async () => {
    const asked = sandbox.as('ana').fetch('/denied');
    fake?.journal.append({
      kind: 'decision',
      caller: { principal: 'ana@acme.test', kind: 'user', how: 'obo', app: 'orders', tokenId: 'x' },
      action: 'SELECT',
      securable: 'main.hr.pay',
      allow: false,
      reason: 'no grant',
    });
    const response = await asked;
    await expect(response).toBeDeniedWithReason(/SELECT on main\.hr\.pay: no grant/);
    await expect(expect(response).toBeDeniedWithReason('egress')).rejects.toThrow('no grant');
  });
});

test('is closed after the last test of its group', () => {
  expect(fake?.calls.at(-1)).toBe('close');
});

describe('toSeeRows', () => {
  test('any order, each row once, columns that matter', async () => {
    const rows = [
      { id: 1n, region: 'EMEA' },
      { id: 2n, region: 'EMEA' },
    ];
    await expect(rows).toSeeRows([{ id: 2 }, { id: 1 }]);
    await expect(rows).toSeeRows([{ region: 'EMEA' }, { id: 1 }]);
    await expect(rows).not.toSeeRows([{ id: 1 }, { id: 1 }]);
    await expect(rows).not.toSeeRows([{ id: 1 }]);
    await expect(rows).not.toSeeRows([{ id: 2 }, { id: 1 }], { ordered: true });
    await expect(rows).toSeeRows([{ id: 1 }, { id: 2 }], { ordered: true });
  });

  test('a response with one list is its rows; a refused one is not "no rows"', async () => {
    await expect(Response.json({ orders: [{ id: 1 }] })).toSeeRows([{ id: 1 }]);
    await expect(Response.json([])).toSeeRows(0);
    await expect(expect(new Response('no', { status: 403 })).toSeeRows(0)).rejects.toThrow('status 403');
    await expect(expect(Response.json({ a: [], b: [] })).toSeeRows(0)).rejects.toThrow('one array');
  });

  test('the message shows what was seen and what was not', async () => {
    await expect(expect([{ id: 1 }]).toSeeRows([{ id: 1 }, { id: 9 }])).rejects.toThrow(
      'expected 2 rows, saw 1.\nNot seen:\n  {"id":9}\nRows seen:\n  {"id":1}',
    );
  });
});

describe('toBeDenied', () => {
  test('is about rights, not about any failure', async () => {
    await expect(new ApiError(403, 'PERMISSION_DENIED', 'no')).toBeDenied();
    await expect(() => Promise.reject(new ApiError(401, 401, 'who'))).toBeDenied();
    await expect(new ApiError(404, 'NOT_FOUND', 'no')).not.toBeDenied();
    await expect(Promise.reject(new Error('socket closed'))).not.toBeDenied();
    await expect(expect(Promise.reject(new Error('socket closed'))).toBeDenied()).rejects.toThrow(
      'it failed with socket closed',
    );
  });
});

test('the nearest brickbox.yaml above a test file is found', () => {
  const root = mkdtempSync(join(tmpdir(), 'brickbox-kit-'));
  const deep = join(root, 'app', 'test');
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(root, 'app', 'brickbox.yaml'), '');
  try {
    expect(nearestConfig(deep)).toBe(join(root, 'app'));
    expect(nearestConfig(root)).not.toBe(join(root, 'app'));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
