import { SqlError } from '../../../emulator/core/index.ts';
import { type Type, typeText } from './types/index.ts';

/** Sentences of the platform's errors that the dialect raises (code: Spark error-conditions.json). */
const name = (parts: readonly string[]) => parts.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.');

export { name as quotedName };

export function unresolvedColumn(parts: readonly string[], candidates: readonly string[]): SqlError {
  const sentence = `A column, variable, or function parameter with name ${name(parts)} cannot be resolved.`;
  if (candidates.length === 0) return new SqlError('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION', '42703', sentence);
  const wanted = (parts.at(-1) ?? '').toLowerCase();
  const close = [...new Set(candidates)]
    .sort((a, b) => distance(wanted, a.toLowerCase()) - distance(wanted, b.toLowerCase()))
    .slice(0, 5)
    .map((candidate) => `\`${candidate}\``);
  return new SqlError(
    'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    '42703',
    `${sentence} Did you mean one of the following? [${close.join(', ')}].`,
  );
}

export function ambiguous(parts: readonly string[], found: readonly string[]): SqlError {
  return new SqlError(
    'AMBIGUOUS_REFERENCE',
    '42704',
    `Reference ${name(parts)} is ambiguous, could be: [${found.join(', ')}].`,
  );
}

export function relationNotFound(parts: readonly string[]): SqlError {
  return new SqlError(
    'TABLE_OR_VIEW_NOT_FOUND',
    '42P01',
    `The table or view ${name(parts)} cannot be found. Verify the spelling and correctness of the schema and catalog.\n` +
      'If you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog.\n' +
      'To tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.',
  );
}

export function unresolvedRoutine(
  parts: readonly string[],
  session: { catalog: string; schema: string },
): SqlError {
  return new SqlError(
    'UNRESOLVED_ROUTINE',
    '42883',
    `Cannot resolve routine ${name(parts)} on search path [\`system\`.\`builtin\`, \`system\`.\`session\`, ${name([session.catalog, session.schema])}].`,
  );
}

export function notSupported(what: string, fix?: string): SqlError {
  return new SqlError('UNSUPPORTED_FEATURE', '0A000', `${what} is not supported by the Brickbox warehouse.`, {
    rule: `${what} has no faithful equivalent in the engine`,
    fix: fix ?? 'Rewrite the statement without it, or ask for it in an issue.',
  });
}

/** (code: Spark error-conditions.json) */
export function noTimeTravel(parts: readonly string[]): SqlError {
  return new SqlError(
    'UNSUPPORTED_FEATURE.TIME_TRAVEL',
    '0A000',
    `The feature is not supported: Time travel on the relation: ${name(parts)}.`,
  );
}

export function mismatch(sub: string, expression: string, sentence: string): SqlError {
  return new SqlError(
    `DATATYPE_MISMATCH.${sub}`,
    '42K09',
    `Cannot resolve "${expression}" due to data type mismatch: ${sentence}`,
  );
}

export function unexpectedInput(
  expression: string,
  ordinal: string,
  required: string,
  input: string,
  type: Type,
): SqlError {
  return mismatch(
    'UNEXPECTED_INPUT_TYPE',
    expression,
    `The ${ordinal} parameter requires the "${required}" type, however "${input}" has the type "${typeText(type)}".`,
  );
}

export function wrongArgs(fn: string, expected: string, actual: number): SqlError {
  return new SqlError(
    'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
    '42605',
    `The \`${fn}\` requires ${expected} parameters but the actual number is ${actual}.`,
  );
}

const ordinals = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];
export const ordinal = (index: number): string => ordinals[index] ?? `${index + 1}th`;

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
