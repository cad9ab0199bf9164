import { expect, test } from 'vitest';
import { openReachWorld, reach, strict } from './world.ts';

const stubbed = 'http://rates.example/v1/rates';
const refused = { failed: 'EAI_AGAIN' };
const modes = strict.available ? (['cooperative', 'strict'] as const) : (['cooperative'] as const);

for (const mode of modes) {
  test(`${mode}: a dry run lets pass and records; its product filter does not cover apps`, async () => {
    {
      await using sandbox = await openReachWorld(mode, { policy: 'policies/dry-run.json' });
      expect(await reach(sandbox, stubbed)).toMatchObject({ status: 200 });
      expect(sandbox.egressReport().attempts).toContainEqual(
        expect.objectContaining({ host: 'rates.example', verdict: 'dry_run_denied' }),
      );
    }
    await using filtered = await openReachWorld(mode, { policy: 'policies/dry-run-dbsql.json' });
    expect(await reach(filtered, stubbed)).toEqual(refused);
  });

  test(`${mode}: the presets and the block list`, async () => {
    {
      await using blocked = await openReachWorld(mode, { policy: 'policies/full-blocked.json' });
      expect(await reach(blocked, stubbed)).toEqual(refused);
    }
    {
      await using nothing = await openReachWorld(mode, { policy: 'deny_all' });
      expect(await reach(nothing, stubbed)).toEqual(refused);
    }
    await using open = await openReachWorld(mode, { policy: 'open' });
    expect(await reach(open, stubbed)).toMatchObject({ status: 200 });
    // Allowed by the policy, but nobody answers for it here, so that nothing reaches the internet by accident.
    expect(await reach(open, 'http://other.example/')).toEqual({ failed: 'ECONNRESET' });
  });
}
