/** `pnpm demo [--check]`: the sample workspace and app. With `--check` it proves itself and exits. */
import { join, resolve } from 'node:path';
import { checkDemo } from './demo-check.ts';

const folder = resolve(import.meta.dirname, '../../fixtures/apps/orders-express');
if (process.argv.includes('--check')) {
  process.exit(await checkDemo(folder));
} else {
  process.argv = [process.argv[0] ?? 'node', 'brickbox', 'dev', '--config', join(folder, 'brickbox.yaml')];
  await import('../main.ts');
}
