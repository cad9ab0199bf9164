/** `node run-world.ts MODE`: opens the reach world and prints what came of it, for tests that need another user or machine. */
import { BrickboxError } from '../../emulator/core/index.ts';
import { openReachWorld, reach } from './world.ts';

const mode = process.argv[2] === 'strict' ? 'strict' : 'auto';
try {
  const sandbox = await openReachWorld(mode);
  const allowed = await reach(sandbox, 'http://rates.example/v1/rates');
  const denied = await reach(sandbox, 'http://denied.example/');
  const { egressMode, egressReason } = sandbox;
  const attempts = sandbox.egressReport().attempts.map(({ host, verdict }) => `${host} ${verdict}`);
  await sandbox.close();
  console.log(JSON.stringify({ mode: egressMode, reason: egressReason, allowed, denied, attempts }));
} catch (error) {
  if (!(error instanceof BrickboxError)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message, fix: error.fix }));
}
