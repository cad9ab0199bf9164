import { join, resolve } from 'node:path';
import { createSandbox, loadConfig, type Sandbox } from '../../emulator/index.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures');

/** The orders world of the sample app, with the dependency-free echo app in front instead of the real one. */
export async function openOrdersWorld(): Promise<Sandbox> {
  const folder = join(fixtures, 'apps/orders-express');
  const { config } = loadConfig({ folder });
  return createSandbox({
    folder,
    config: {
      ...config,
      apps: Object.fromEntries(
        Object.entries(config.apps).map(([name, app]) => [name, { ...app, source_code_path: '../echo' }]),
      ),
    },
  });
}
