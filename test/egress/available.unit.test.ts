import { expect, test } from 'vitest';
import { strict } from './world.ts';

/** Where everything is required, the tests of strict egress must not have been passed over. */
test.runIf(process.env['BRICKBOX_REQUIRE_ALL'] === '1')('strict egress can be had on this machine', () => {
  expect(strict).toMatchObject({ available: true });
});
