import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox } from '../../../emulator/index.ts';
import { tlsFront } from '../../drivers/world.ts';

/** What a driver's own suite is told of the workspace. */
export interface SuiteWorld {
  /** An address of the loopback whose port 443 is ours: suites cannot name a port. */
  host: string;
  httpPath: string;
  token: string;
  user: string;
  catalog: string;
  schema: string;
  volume: string;
  /** File with the certificate authority in front. */
  ca: string;
  close(): Promise<void>;
}

/** Addresses of the loopback that are tried in turn, so that several runs can stand side by side. */
const addresses = Array.from({ length: 10 }, (_, index) => `127.0.0.${77 + index}`);

/** @throws Error when port 443 of the loopback may not be listened on. */
export async function openSuiteWorld(): Promise<SuiteWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'brickbox-suites-'));
  const sandbox = await createSandbox({
    folder,
    config: { personas: { admin: { user_name: 'admin@acme.test', groups: ['admins'] } } },
  });
  const closing = async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const text of [
      'CREATE CATALOG IF NOT EXISTS main',
      'CREATE SCHEMA IF NOT EXISTS main.default',
      'CREATE VOLUME IF NOT EXISTS main.default.e2etests',
    ]) {
      // A world without volumes still runs every other case.
      await sandbox
        .as('admin')
        .sql(text)
        .catch(() => undefined);
    }
    const { front, address } = await openFront(sandbox.workspaceUrl);
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, front.ca);
    return {
      host: address,
      httpPath: `/sql/1.0/warehouses/${sandbox.warehouseId}`,
      token: sandbox.createPat('admin'),
      user: 'admin@acme.test',
      catalog: 'main',
      schema: 'default',
      volume: 'e2etests',
      ca,
      async close() {
        front.server.closeAllConnections();
        front.server.close();
        await closing();
      },
    };
  } catch (error) {
    await closing();
    throw error;
  }
}

async function openFront(workspaceUrl: string) {
  let problem: unknown;
  for (const address of addresses) {
    try {
      return { front: await tlsFront(workspaceUrl, { address, port: 443 }), address };
    } catch (error) {
      problem = error;
    }
  }
  throw new Error(
    `Port 443 of ${addresses[0]} and the addresses after it cannot be listened on; the suites dial no other port. ` +
      `Run as root, or lower net.ipv4.ip_unprivileged_port_start. (${String(problem)})`,
  );
}
