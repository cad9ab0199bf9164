/** A sandbox with the upstream app of the benchmark behind its gateway. Prints the URL and a session cookie. */
import { join } from 'node:path';
import { createSandbox } from '../../../emulator/index.ts';

const sandbox = await createSandbox({
  folder: join(import.meta.dirname, '../apps/upstream'),
  config: {
    personas: { ana: { user_name: 'ana@acme.test', groups: ['admins'] } },
    apps: { upstream: { source_code_path: '.', user_api_scopes: ['sql'] } },
    // The hop into a namespace is egress's to measure; here every proxy stands before the same process.
    egress: { mode: 'cooperative' },
    gateway: process.argv[2] ? { upstream: process.argv[2] } : {},
  },
});
const app = sandbox.apps[0];
console.log(
  JSON.stringify({
    url: app?.url,
    cookie: await sandbox.as('ana').cookie(),
    app: `http://127.0.0.1:${app?.env['DATABRICKS_APP_PORT']}`,
  }),
);
process.on('SIGTERM', async () => {
  await sandbox.close();
  process.exit(0);
});
