import type { SparkType } from '../contract.ts';

/** What information_schema.columns tells about a type. Numbers are null where they mean nothing. */
export interface TypeFacts {
  /** `LONG` for BIGINT and so on (docs: information schema, data_type). */
  name: string;
  precision: number | null;
  radix: number | null;
  scale: number | null;
  datetime: number | null;
}

const bits: Readonly<Record<string, [string, number, number | null]>> = {
  TINYINT: ['BYTE', 8, 0],
  SMALLINT: ['SHORT', 16, 0],
  INT: ['INT', 32, 0],
  BIGINT: ['LONG', 64, 0],
  FLOAT: ['FLOAT', 24, null],
  DOUBLE: ['DOUBLE', 53, null],
};

export function typeFacts(type: SparkType): TypeFacts {
  const word = /^\w+/.exec(type)?.[0] ?? type;
  const none = { name: word, precision: null, radix: null, scale: null, datetime: null };
  const known = bits[word];
  if (known) return { ...none, name: known[0], precision: known[1], radix: 2, scale: known[2] };
  const decimal = /^DECIMAL\((\d+), ?(\d+)\)/.exec(type);
  if (decimal) return { ...none, precision: Number(decimal[1]), radix: 10, scale: Number(decimal[2]) };
  if (word === 'DATE') return { ...none, datetime: 0 };
  return word.startsWith('TIMESTAMP') ? { ...none, datetime: 6 } : none;
}
