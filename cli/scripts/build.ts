/** `pnpm build`: makes the npm package's `dist`. */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
// What is read at run time and is not TypeScript: generated JSON, the console page, the shims of the egress gate.
const assets = globSync('{emulator,sdk-mocks,cli,test/kit}/**/*.{json,html,css,js,cjs,mjs,py}', {
  cwd: root,
  exclude: (path) => path.includes('node_modules') || path.includes('testing'),
});
for (const asset of assets) cpSync(join(root, asset), join(dist, asset));
cpSync(join(root, 'emulator/config/brickbox.schema.gen.json'), join(dist, 'brickbox.schema.json'));
console.log(`dist is written, with ${assets.length} assets.`);
