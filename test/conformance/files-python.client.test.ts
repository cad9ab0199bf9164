import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { openOrdersWorld } from '../journeys/world.ts';
import { withToolchain } from './toolchain.ts';

const python = withToolchain('BRICKBOX_TEST_PYTHON');
const run = promisify(execFile);

python.test('the Python SDK makes a volume, uploads, downloads, lists and deletes', async () => {
  await using sandbox = await openOrdersWorld();
  const { stdout } = await run(
    python.path,
    [join(import.meta.dirname, 'python/files.py'), sandbox.workspaceUrl],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: import.meta.dirname,
        DATABRICKS_TOKEN: sandbox.createPat('admin'),
      },
    },
  );
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')).toEqual({
    full_name: 'main.sales.landing',
    comment: 'first',
    again: 'AlreadyExists',
    same: true,
    size: 1_280_000,
    listed: [
      ['data.bin', false],
      ['er', true],
    ],
    gone: 'NotFound',
    volumes: [['landing', 'second']],
    dropped: 'NotFound',
  });
});
