/**
 * Brickbox for Vitest: `brickbox/testing`. Importing it adds the matchers to `expect`.
 * @example
 * const sandbox = useSandbox();
 * test('Ana sees her region', async () => {
 *   await expect(sandbox.as('ana').sql('SELECT region FROM main.sales.orders')).toSeeRows([{ region: 'EMEA' }]);
 * });
 */
import { expect } from 'vitest';
import { type BrickboxMatchers, matchers } from './matchers.ts';

export { type KitOptions, type TestActor, type TestSandbox, useSandbox } from './use-sandbox.ts';
export type { BrickboxMatchers };

expect.extend(matchers);

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends BrickboxMatchers {}
}
