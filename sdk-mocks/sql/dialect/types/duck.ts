import type { Type } from './types.ts';

/** DuckDB's type that keeps values of a Spark type. Struct fields go by position, so that no name of a user reaches the engine. */
export function duckType(type: Type): string {
  switch (type.kind) {
    case 'void':
      return 'INTEGER';
    case 'int':
      return 'INTEGER';
    case 'string':
      return 'VARCHAR';
    case 'binary':
      return 'BLOB';
    case 'timestamp':
      return 'TIMESTAMPTZ';
    case 'timestamp_ntz':
      return 'TIMESTAMP';
    case 'variant':
      return 'JSON';
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'interval':
      return 'INTERVAL';
    case 'array':
      return `${duckType(type.element)}[]`;
    case 'map':
      return `MAP(${duckType(type.key)}, ${duckType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.length === 0 ? 'f0 INTEGER' : type.fields.map((f, i) => `f${i} ${duckType(f.type)}`).join(', ')})`;
    default:
      return type.kind.toUpperCase();
  }
}

/** A string literal of DuckDB: only the quote is special. */
export function quote(value: string): string {
  if (!value.includes('\0')) return `'${value.replaceAll("'", "''")}'`;
  return `(${value.split('\0').map(quote).join(' || chr(0) || ')})`;
}
