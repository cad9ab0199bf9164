/** Spark's types. Text form in `text.ts`, DuckDB form in `duck.ts`, rules of widening in `coerce.ts`. */
export type Type =
  | { kind: Simple }
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'array'; element: Type }
  | { kind: 'map'; key: Type; value: Type }
  | { kind: 'struct'; fields: readonly { name: string; type: Type }[] }
  /** `from`..`to` as in `INTERVAL DAY TO SECOND`. */
  | { kind: 'interval'; family: 'month' | 'day'; from: string; to: string };

export type Simple =
  | 'void'
  | 'boolean'
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'float'
  | 'double'
  | 'string'
  | 'binary'
  | 'date'
  | 'timestamp'
  | 'timestamp_ntz'
  | 'variant';

export type Kind = Type['kind'];

export const t = {
  void: { kind: 'void' },
  boolean: { kind: 'boolean' },
  tinyint: { kind: 'tinyint' },
  smallint: { kind: 'smallint' },
  int: { kind: 'int' },
  bigint: { kind: 'bigint' },
  float: { kind: 'float' },
  double: { kind: 'double' },
  string: { kind: 'string' },
  binary: { kind: 'binary' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp' },
  timestamp_ntz: { kind: 'timestamp_ntz' },
  variant: { kind: 'variant' },
  decimal: (precision: number, scale: number): Type => ({ kind: 'decimal', precision, scale }),
  array: (element: Type): Type => ({ kind: 'array', element }),
  map: (key: Type, value: Type): Type => ({ kind: 'map', key, value }),
  dayInterval: { kind: 'interval', family: 'day', from: 'DAY', to: 'SECOND' },
  monthInterval: { kind: 'interval', family: 'month', from: 'YEAR', to: 'MONTH' },
} as const satisfies Record<string, Type | ((...args: never[]) => Type)>;

const integral: readonly Kind[] = ['tinyint', 'smallint', 'int', 'bigint'];
const fractional: readonly Kind[] = ['float', 'double'];

export const isIntegral = (type: Type): boolean => integral.includes(type.kind);
export const isFloating = (type: Type): boolean => fractional.includes(type.kind);
export const isNumeric = (type: Type): boolean =>
  isIntegral(type) || isFloating(type) || type.kind === 'decimal';
export const isDatetime = (type: Type): boolean => ['date', 'timestamp', 'timestamp_ntz'].includes(type.kind);
export const isNested = (type: Type): boolean => ['array', 'map', 'struct'].includes(type.kind);

/** Position in Spark's numeric widening order. */
export const numericRank = (type: Type): number => [...integral, 'decimal', ...fractional].indexOf(type.kind);

/** Decimal that holds every value of an integral type (code: Spark DecimalType.forType). */
export function asDecimal(type: Type): { precision: number; scale: number } {
  switch (type.kind) {
    case 'decimal':
      return type;
    case 'tinyint':
      return { precision: 3, scale: 0 };
    case 'smallint':
      return { precision: 5, scale: 0 };
    case 'int':
      return { precision: 10, scale: 0 };
    case 'bigint':
      return { precision: 20, scale: 0 };
    default:
      return { precision: 38, scale: 0 };
  }
}

/** Caps at 38 digits, keeping whole digits and at least 6 of the fraction (code: Spark DecimalType.adjustPrecisionScale). */
export function adjusted(precision: number, scale: number): Type {
  if (precision <= 38) return t.decimal(precision, scale);
  const whole = precision - scale;
  return t.decimal(38, Math.max(38 - whole, Math.min(scale, 6)));
}

export function sameType(a: Type, b: Type): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'decimal' && b.kind === 'decimal') return a.precision === b.precision && a.scale === b.scale;
  if (a.kind === 'array' && b.kind === 'array') return sameType(a.element, b.element);
  if (a.kind === 'map' && b.kind === 'map') return sameType(a.key, b.key) && sameType(a.value, b.value);
  if (a.kind === 'interval' && b.kind === 'interval') return a.from === b.from && a.to === b.to;
  if (a.kind === 'struct' && b.kind === 'struct') {
    return (
      a.fields.length === b.fields.length &&
      a.fields.every((field, i) => {
        const other = b.fields[i];
        return (
          other !== undefined &&
          field.name.toLowerCase() === other.name.toLowerCase() &&
          sameType(field.type, other.type)
        );
      })
    );
  }
  return true;
}
