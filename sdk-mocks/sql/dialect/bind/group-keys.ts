import { SqlError } from '../../../../emulator/core/index.ts';
import { notSupported } from '../errors.ts';
import type { Type } from '../types/index.ts';
import type { Bound } from './bound.ts';

/**
 * DuckDB reads a bare number in GROUP BY as a position; every constant gets a cast of its own. Maps are equal there
 * only with their keys in the same order, here in any: refused rather than counted wrong.
 */
export function grouping(bound: Bound): string {
  if (holdsMap(bound.type)) throw notSupported('GROUP BY of a MAP');
  return bound.literal || /^\d+$/.test(bound.sql) ? `(${bound.sql})` : bound.sql;
}

function holdsMap(type: Type): boolean {
  if (type.kind === 'map') return true;
  if (type.kind === 'array') return holdsMap(type.element);
  return type.kind === 'struct' && type.fields.some((field) => holdsMap(field.type));
}

/** A generator in the select list has as many names as columns, or none. */
export function generatorAliases(width: number, names: readonly string[]): SqlError {
  return new SqlError(
    'UDTF_ALIAS_NUMBER_MISMATCH',
    '42802',
    `The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF. Expected ${width} aliases, but got ${names.join(',')}. Please ensure that the number of aliases provided matches the number of columns output by the UDTF.`,
  );
}
