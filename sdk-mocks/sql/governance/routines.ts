import { SqlError } from '../../../emulator/core/index.ts';
import type { FunctionInfo } from '../catalog/index.ts';
import { fullName } from '../catalog/index.ts';
import {
  type BoundRoutine,
  type Environment,
  parseExpressionText,
  parseQueryText,
  parseType,
  startsQuery,
} from '../dialect/index.ts';

/** A function of the catalog, its body parsed, to be bound in `environment`. */
export function routineOf(fn: FunctionInfo, environment: Environment): BoundRoutine {
  if (fn.returnsTable) {
    throw new SqlError(
      'UNSUPPORTED_FEATURE.TABLE_FUNCTION',
      '0A000',
      `The table function ${fullName(fn.name)} cannot be used as a value.`,
    );
  }
  return {
    name: fullName(fn.name),
    parameters: fn.parameters.map((parameter) => ({
      name: parameter.name,
      type: parseType(parameter.type),
      default: parameter.default === undefined ? null : parseExpressionText(parameter.default),
    })),
    returns: fn.returns === null ? null : parseType(fn.returns),
    body: startsQuery(fn.body)
      ? { query: parseQueryText(fn.body) }
      : { expression: parseExpressionText(fn.body) },
    environment,
  };
}

const missing = new Set(['ROUTINE_NOT_FOUND', 'NO_SUCH_CATALOG_EXCEPTION', 'SCHEMA_NOT_FOUND']);

/** What `find` returns, or undefined when there is no function of that name. */
export function orMissing<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof SqlError && missing.has(error.errorClass)) return undefined;
    throw error;
  }
}
