/** `pnpm demo [--check]`: the sample workspace and app. With `--check` it proves itself and exits. */
import { resolve } from 'node:path';
import { checkDemo } from './demo-check.ts';

const folder = resolve(import.meta.dirname, '../../fixtures/apps/orders-express');
if (process.argv.includes('--check')) {
  process.exit(await checkDemo(folder));
} else {
  process.argv = [process.argv[0] ?? 'node', 'brickbox', 'dev', '--app', folder];
  await import('../main.ts');
}
