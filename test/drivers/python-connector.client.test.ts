import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import type { Sandbox } from '../../emulator/index.ts';
import { withToolchain } from '../conformance/toolchain.ts';
import { openOrdersWorld } from '../journeys/world.ts';
import { lastLine, runClient } from './world.ts';

/** The newest connector with and without pyarrow, and one of the 3 series. */
const clients = [
  {
    name: 'newest with pyarrow',
    arrow: true,
    old: false,
    toolchain: withToolchain('BRICKBOX_TEST_PYTHON_SQL'),
  },
  {
    name: 'newest without pyarrow',
    arrow: false,
    toolchain: withToolchain('BRICKBOX_TEST_PYTHON_SQL_PLAIN'),
  },
  { name: '3.4.0', arrow: true, old: true, toolchain: withToolchain('BRICKBOX_TEST_PYTHON_SQL_OLD') },
];

// Three interpreters with pandas and Arrow, one after the other.
vi.setConfig({ testTimeout: 180_000 });

let sandbox: Sandbox;
beforeAll(async () => {
  if (clients.some(({ toolchain }) => toolchain.path)) sandbox = await openOrdersWorld();
});
afterAll(() => sandbox?.close());

const ask = async (python: string, token: string, path = `/sql/1.0/warehouses/${sandbox.warehouseId}`) =>
  lastLine(
    await runClient(python, [join(import.meta.dirname, 'python/connector.py')], {
      ORIGIN: sandbox.workspaceUrl,
      HTTP_PATH: path,
      TOKEN: token,
    }),
  );

describe.each(clients)(
  'databricks-sql-connector for Python, $name, unmodified',
  ({ arrow, old, toolchain }) => {
    toolchain.test('two people and a PAT see their own rows, masked for one', async () => {
      const ana = await ask(toolchain.path, await sandbox.as('ana').token({ scopes: ['sql'] }));
      const pat = await ask(toolchain.path, sandbox.createPat('ana'));
      const admin = await ask(toolchain.path, await sandbox.as('admin').token());
      expect(pat).toEqual(ana);
      expect(new Set(ana.orders.map((row: unknown[]) => row[1]))).toEqual(new Set(['EMEA']));
      expect(new Set(ana.orders.map((row: unknown[]) => row[2]))).toEqual(new Set(['***']));
      expect(admin.orders.length).toBeGreaterThan(ana.orders.length);
      expect(admin.orders[0][2]).toContain('@');
      expect(ana.tables).toEqual(['orders']);
      expect(admin.tables.length).toBeGreaterThan(1);
      expect(ana).toMatchObject({
        description: [
          ['id', 'bigint'],
          ['region', 'string'],
          ['email', 'string'],
        ],
        named: [[42, "it's"]],
        positional: [['x', null]],
        paged: 110_000,
        large: [20_000, 19_999],
        columns: [['email', 'STRING', expect.any(Number)]],
        catalogs: ['main'],
        error: ['ServerOperationError', expect.stringContaining('[TABLE_OR_VIEW_NOT_FOUND]')],
      });
    });

    toolchain.test('types come as the driver has them with and without Arrow', async () => {
      const { types } = await ask(toolchain.path, await sandbox.as('admin').token());
      const nested = arrow ? [[1, 2], "[('k', 1)]", "{'a': 1}"] : ['[1,2]', '{"k":1}', '{"a":1}'];
      const time = arrow ? '2024-01-02 03:04:05.500000+01:00' : '2024-01-02 03:04:05.500000';
      expect(types[0]).toEqual([
        ...nested,
        '1.25',
        '2024-01-02',
        expect.stringContaining('\\x01\\x02'),
        null,
        time,
        '1 00:00:00.000000000',
      ]);
    });

    toolchain.test('refusals are its own errors', async () => {
      expect(await ask(toolchain.path, 'dapi-wrong')).toMatchObject({
        failed: 'RequestError',
        // The old connector keeps the text of a refused OpenSession to itself.
        message: expect.stringMatching(old ? /^Error during request to server/ : /token/i),
      });
      if (old) return;
      const narrow = await sandbox.as('ana').token({ scopes: ['iam.current-user:read'] });
      expect(await ask(toolchain.path, narrow)).toMatchObject({
        message: expect.stringContaining('does not have required scopes: sql'),
      });
      const token = await sandbox.as('ana').token();
      expect(await ask(toolchain.path, token, '/sql/1.0/warehouses/00000000000000ff')).toMatchObject({
        message: expect.stringContaining('does not exist'),
      });
    });
  },
);
