import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Sandbox } from '../../emulator/index.ts';
import { withToolchain } from '../conformance/toolchain.ts';
import { openOrdersWorld } from '../journeys/world.ts';
import { lastLine, runClient, tlsFront } from './world.ts';

const node = withToolchain('BRICKBOX_TEST_NODE_SQL');
const go = withToolchain('BRICKBOX_TEST_GO_SQL');
const jdbc = withToolchain('BRICKBOX_TEST_JDBC');

let sandbox: Sandbox;
let front: { port: number; ca: string; server: Server };
const folder = mkdtempSync(join(tmpdir(), 'brickbox-drivers-'));
const caFile = join(folder, 'ca.pem');
beforeAll(async () => {
  if (!node.path && !go.path && !jdbc.path) return;
  sandbox = await openOrdersWorld();
  front = await tlsFront(sandbox.workspaceUrl);
  writeFileSync(caFile, front.ca);
});
afterAll(async () => {
  front?.server.closeAllConnections();
  front?.server.close();
  rmSync(folder, { recursive: true, force: true });
  await sandbox?.close();
});

const path = () => `/sql/1.0/warehouses/${sandbox.warehouseId}`;

describe('@databricks/sql for Node, unmodified', () => {
  const ask = async (token: string) =>
    lastLine(
      await runClient(process.execPath, [join(import.meta.dirname, 'node/queries.cjs')], {
        BRICKBOX_DRIVER: node.path,
        HOST: '127.0.0.1',
        PORT: String(front.port),
        HTTP_PATH: path(),
        TOKEN: token,
        NODE_EXTRA_CA_CERTS: caFile,
        DATABRICKS_TELEMETRY_DISABLED: '1',
      }),
    );

  node.test('two people see their own rows, with every way of fetching', async () => {
    const ana = await ask(await sandbox.as('ana').token({ scopes: ['sql'] }));
    const admin = await ask(await sandbox.as('admin').token());
    expect(new Set(ana.orders.map((row: { email: string }) => row.email))).toEqual(new Set(['***']));
    expect(admin.orders.length).toBeGreaterThan(ana.orders.length);
    expect(admin.orders[0].email).toContain('@');
    expect(ana).toMatchObject({
      named: [{ word: "it's" }],
      ordinal: [{ a: 'x', b: 'y' }],
      types: [{ a: [1, 2], s: { k: 1 }, d: 1.25, ts: '2024-01-02T03:04:05.500Z', n: null }],
      polled: 10,
      many: 20_000,
      tables: ['orders'],
      types_known: 16,
      server: 'Spark SQL',
      error: { message: expect.stringContaining('[TABLE_OR_VIEW_NOT_FOUND]') },
    });
  });

  node.test('a wrong token is refused', async () => {
    expect(await ask('dapi-wrong')).toMatchObject({
      failed: expect.stringContaining('bad HTTP status code'),
    });
  });
});

describe('databricks-sql-go, unmodified', () => {
  const ask = async (token: string) =>
    lastLine(
      await runClient(go.path, [], {
        DSN: `token:${token}@http://127.0.0.1:${new URL(sandbox.workspaceUrl).port}${path()}?enableTelemetry=false`.replace(
          /^(token:[^@]+)@http:\/\//,
          'http://$1@',
        ),
      }),
    );

  go.test('two people see their own rows', async () => {
    const ana = await ask(await sandbox.as('ana').token({ scopes: ['sql'] }));
    const admin = await ask(await sandbox.as('admin').token());
    expect(ana.failed).toBeUndefined();
    expect(new Set(ana.orders.map((row: string[]) => row[2]))).toEqual(new Set(['***']));
    expect(admin.orders.length).toBeGreaterThan(ana.orders.length);
    expect(ana).toMatchObject({
      named: "it's",
      many: 250_000,
      error: expect.stringContaining('TABLE_OR_VIEW_NOT_FOUND'),
    });
  });
});

describe('databricks-jdbc, unmodified', () => {
  const ask = async (token: string) => {
    const { port } = new URL(sandbox.workspaceUrl);
    const output = await runClient(
      'java',
      [
        '--add-opens=java.base/java.nio=ALL-UNNAMED',
        '-cp',
        jdbc.path,
        join(import.meta.dirname, 'java/Queries.java'),
      ],
      {
        JDBC_URL: `jdbc:databricks://127.0.0.1:${port}/default;ssl=0;AuthMech=3;httpPath=${path()};UseThriftClient=1;EnableTelemetry=0;logLevel=OFF`,
        TOKEN: token,
      },
    );
    return output.trim().split('\n');
  };

  jdbc.test('two people see their own rows', async () => {
    const ana = await ask(sandbox.createPat('ana'));
    const admin = await ask(sandbox.createPat('admin'));
    const orders = (lines: string[]) => lines.filter((line) => line.startsWith('order '));
    expect(orders(ana).every((line) => line.endsWith('EMEA ***'))).toBe(true);
    expect(orders(admin).length).toBeGreaterThan(orders(ana).length);
    expect(ana).toContain("word it's 1.25");
    expect(ana).toContain('many 20000');
    expect(ana.filter((line) => line.startsWith('table '))).toEqual(['table orders']);
    expect(ana.at(-1)).toMatch(/^error 42P01 .*TABLE_OR_VIEW_NOT_FOUND/);
  });
});
