import { type Command, createCommands } from '../../sql/index.ts';
import type { Exchange } from '../../workspace/index.ts';
import { asApiError } from './errors.ts';

/**
 * Makes a change by the SQL command of the same meaning, so that rights and rules are the same on both ways in.
 * Several commands happen together or not at all.
 * @throws ApiError the platform's REST form of what the command fails with.
 */
export function change(
  { caller, services }: Pick<Exchange<unknown>, 'caller' | 'services'>,
  ...commands: readonly Command[]
): void {
  const { metastore, policy, ports } = services;
  const runner = createCommands({ catalog: metastore, policy });
  const by = { caller, session: ports.warehouses.session() };
  try {
    metastore.transaction(() => {
      for (const command of commands) runner.execute(command, by);
    });
  } catch (error) {
    throw asApiError(error);
  }
}
