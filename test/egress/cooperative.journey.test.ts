import { expect, test } from 'vitest';
import { hostOfApp, openReachWorld, reach } from './world.ts';

test('cooperative mode: stubs over TLS, the workspace on loopback, the control host denied by name', async () => {
  await using sandbox = await openReachWorld('cooperative');
  expect(sandbox.egressMode).toBe('cooperative');
  expect(sandbox.egressReason).toContain('advisory');
  expect(await hostOfApp(sandbox)).toBe(sandbox.workspaceUrl);
  for (const scheme of ['http', 'https']) {
    const answer = await reach(sandbox, `${scheme}://rates.example/v1/rates`);
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('1.1') });
  }
  expect(await reach(sandbox, 'https://denied.example/')).toEqual({ failed: 'EAI_AGAIN' });
  expect(sandbox.egressReport()).toMatchObject({ mode: 'cooperative', usedUndeclared: ['denied.example'] });
});
