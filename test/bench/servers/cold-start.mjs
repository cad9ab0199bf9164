// One cold start of the built package. Prints what took how long, then ends.
import { join } from 'node:path';
import { createSandbox } from '../../../dist/emulator/index.js';

const sandbox = await createSandbox({
  folder: join(import.meta.dirname, '../apps/upstream'),
  config: {
    personas: { ana: { user_name: 'ana@acme.test', groups: ['admins'] } },
    egress: { mode: process.argv[2] },
    apps: { upstream: { source_code_path: '.', user_api_scopes: ['sql'] } },
  },
});
const answer = await sandbox.as('ana').fetch('/');
if (answer.status !== 200 || !(await answer.text()).includes('"ok":true'))
  throw new Error(`got ${answer.status}`);
const ready = performance.now();
const megabytes = () => process.memoryUsage.rss() / 1e6;
const before = megabytes();
const began = performance.now();
const { rows } = await sandbox.as('ana').sql('SELECT 1');
if (rows.length !== 1) throw new Error('SELECT 1 gave no row');
const firstStatement = performance.now() - began;
console.log(JSON.stringify({ ready, firstStatement, before, after: megabytes() }));
await sandbox.close();
