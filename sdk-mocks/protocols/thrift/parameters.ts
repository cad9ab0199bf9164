import type { SqlParameter } from '../../sql/index.ts';
import type { Parameter } from './requests.ts';
import { ThriftFailure } from './status.ts';

/**
 * Parameters as the warehouse takes them. Unnamed ones count by their place in the list: drivers send an ordinal of
 * 1 for all of them, or none (reference sql-wire 3.10).
 */
export function sqlParameters(given: readonly Parameter[]): SqlParameter[] {
  let ordinal = 0;
  return given.map((parameter) => {
    const { name, type, value } = parameter;
    if (parameter.arguments !== undefined && parameter.arguments.length > 0) {
      throw new ThriftFailure('0A000', `Brickbox has not built parameters of type ${type ?? 'ARRAY'} yet.`);
    }
    const text = value?.stringValue ?? value?.doubleValue ?? value?.booleanValue;
    ordinal += name ? 0 : 1;
    return {
      ...(name ? { name } : { ordinal }),
      ...(type === undefined ? {} : { type }),
      value: text === undefined ? null : String(text),
    };
  });
}
