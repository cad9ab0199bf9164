import { SqlError } from '../../../emulator/core/index.ts';
import { raiseMark } from '../dialect/index.ts';

const sparkNames: Record<string, string> = {
  INT8: 'TINYINT',
  INT16: 'SMALLINT',
  INT32: 'INT',
  INT64: 'BIGINT',
  INT128: 'DECIMAL(38,0)',
  TINYINT: 'TINYINT',
  SMALLINT: 'SMALLINT',
  INTEGER: 'INT',
  BIGINT: 'BIGINT',
  VARCHAR: 'STRING',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
};

const spark = (duck: string | undefined): string => sparkNames[duck ?? ''] ?? duck ?? '';

const overflowWords: Record<string, [string, string]> = {
  addition: ['add', 'add'],
  subtraction: ['subtract', 'subtract'],
  multiplication: ['multiply', 'multiply'],
};

/** Rules from the engine's text to the platform's error, in order. Only texts about values and shapes; never names. */
const rules: readonly [RegExp, (match: RegExpExecArray) => SqlError][] = [
  [
    /Overflow in (addition|subtraction|multiplication) of (INT8|INT16|INT32|INT64)/,
    ([, operation = '', type]) =>
      new SqlError(
        'ARITHMETIC_OVERFLOW',
        '22003',
        `${type === 'INT64' ? 'long' : 'integer'} overflow. Use 'try_${overflowWords[operation]?.[0] ?? 'add'}' to tolerate overflow and return NULL instead. If necessary set "ansi_mode" to "false" to bypass this error.`,
      ),
  ],
  [
    /Type (\w+) with value (.*?) can't be cast .*? destination type (\w+)/,
    ([, from, value, to]) =>
      new SqlError(
        'CAST_OVERFLOW',
        '22003',
        `The value ${value} of the type "${spark(from)}" cannot be cast to "${spark(to)}" due to an overflow. Use \`try_cast\` to tolerate overflow and return NULL instead.`,
      ),
  ],
  [
    /Could not convert string ['"](.*?)['"] to (\w+)/,
    ([, value, to]) =>
      new SqlError(
        'CAST_INVALID_INPUT',
        '22018',
        `The value '${value}' of the type "STRING" cannot be cast to "${spark(to)}" because it is malformed. Correct the value as per the syntax, or change its target type. Use \`try_cast\` to tolerate malformed input and return NULL instead.`,
      ),
  ],
  [
    /(?:Could not cast value|Casting value) "?(.*?)"? to (?:type )?DECIMAL\((\d+),(\d+)\)/,
    ([, value, precision, scale]) => outOfRange(value ?? '', precision ?? '', scale ?? ''),
  ],
  [
    /Overflow in (?:addition|subtraction|multiplication) of DECIMAL|DECIMAL\(38.*overflow|Overflow in HUGEINT|out of range for the destination type INT128/i,
    () =>
      new SqlError(
        'NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION',
        '22003',
        'The value cannot be represented as Decimal(38, 0).',
      ),
  ],
  [
    /More than one row returned by a subquery/,
    () =>
      new SqlError(
        'SCALAR_SUBQUERY_TOO_MANY_ROWS',
        '21000',
        'More than one row returned by a subquery used as an expression.',
      ),
  ],
  [
    /must appear in the GROUP BY clause|GROUP BY clause is missing|cannot (?:be )?(?:mix|used)? ?aggregates? with non-aggregated|column .* must appear in/i,
    () =>
      new SqlError(
        'MISSING_AGGREGATION',
        '42803',
        'A non-aggregating expression is based on columns which are not participating in the GROUP BY clause.\nAdd the columns or the expression to the GROUP BY, aggregate the expression, or use "any_value()" if you do not care which of the values within a group is returned.',
      ),
  ],
  [
    /^(?:Invalid Input Error|Out of Range Error|Conversion Error|Parser Error).*(?:regexp|regular expression|missing [)\]]|invalid (?:perl )?(?:operator|escape)|bad repetition)/is,
    () =>
      new SqlError(
        'INVALID_PARAMETER_VALUE.PATTERN',
        '22023',
        'The value of parameter(s) `regexp` is invalid: it is not a valid regular expression.',
      ),
  ],
  [
    /Unknown TimeZone|time ?zone/i,
    () =>
      new SqlError(
        'INVALID_TIMEZONE',
        '22009',
        'The timezone is invalid. The timezone must be either a region-based zone ID or a zone offset.',
      ),
  ],
  [
    /timestamp|date|interval/i,
    () => new SqlError('DATETIME_OVERFLOW', '22008', 'Datetime operation overflow.'),
  ],
];

function outOfRange(value: string, precision: string, scale: string): SqlError {
  return new SqlError(
    'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
    '22003',
    `The ${value} cannot be represented as Decimal(${precision}, ${scale}). If necessary set "ansi_mode" to "false" to bypass this error, and return NULL instead.`,
  );
}

/** The engine's failure as the platform would say it. Names and paths of the engine never pass. */
export function sparkError(error: unknown): SqlError {
  if (error instanceof SqlError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const raised = message.indexOf(raiseMark);
  if (raised >= 0) {
    const [errorClass = '', state = '', ...text] = message.slice(raised + 1).split('|');
    return new SqlError(errorClass, state, text.join('|').replace(/\n\nLINE 1:[\s\S]*$/, ''));
  }
  if (/^INTERRUPT/i.test(message))
    return new SqlError('OPERATION_CANCELED', 'HY008', 'Operation has been canceled.');
  if (/^Out of Memory/i.test(message)) {
    return new SqlError(
      'OUT_OF_MEMORY',
      '53200',
      'The statement needs more memory than the Brickbox warehouse may use.',
    );
  }
  const runtime = /^(Conversion|Out of Range|Invalid Input|Binder|Constraint) Error/.test(message);
  for (const [pattern, make] of runtime ? rules : []) {
    const match = pattern.exec(message);
    if (match && !(pattern.source.startsWith('timestamp') && message.startsWith('Binder')))
      return make(match);
  }
  const kind = /^([A-Z][A-Za-z ]+) Error/.exec(message)?.[1] ?? 'Engine';
  return new SqlError(
    'UNSUPPORTED_FEATURE.ENGINE',
    '0A000',
    `The Brickbox warehouse cannot run this statement (${kind.toLowerCase()} error of its engine).`,
    {
      rule: 'the engine refused what the dialect produced',
      fix: 'Rewrite the statement in simpler parts, and report it: this is a gap of Brickbox.',
    },
  );
}
