#!/usr/bin/env node
// Every script and the `brickbox` command enter here. Kept in a form that Node 20 can parse, so that an old
// Node gets a sentence instead of a stack trace.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const nodeModule = require('node:module');

const NEEDED = [22, 18];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(
    [
      `Brickbox needs Node ${NEEDED.join('.')} or newer, and this is Node ${process.versions.node}.`,
      '  in a checkout:  run it through pnpm (npx -y pnpm@10.34.9 brickbox …), which brings its own Node',
      '  elsewhere:      install a newer Node, then run the same command again',
    ].join('\n'),
  );
  process.exit(125);
}

const root = join(__dirname, '..');
const built = join(root, 'dist', 'cli', 'main.js');
const fromSource = existsSync(join(__dirname, 'main.ts'));

if (fromSource && !process.env.NODE_COMPILE_CACHE && nodeModule.enableCompileCache) {
  nodeModule.enableCompileCache(join(root, 'node_modules', '.cache', 'brickbox-compile'));
}

const args = process.argv.slice(2);
let entry = fromSource ? join(__dirname, 'main.ts') : built;
if (fromSource && args[0] === '--script') {
  entry = join(__dirname, 'scripts', `${args[1]}.ts`);
  process.argv.splice(2, 2);
}

import(pathToFileURL(entry).href).catch((error) => {
  console.error(error);
  process.exit(125);
});
