import type { TypeTree } from '../../protocols/results/index.ts';

/** A column of `manifest.schema` (reference sql-wire 4.4, recorded). */
export interface ColumnInfo {
  name: string;
  type_text: string;
  type_name: string;
  position: number;
  type_precision?: number;
  type_scale?: number;
  type_interval_type?: string;
}

const names: Readonly<Record<string, string>> = {
  TINYINT: 'BYTE',
  SMALLINT: 'SHORT',
  BIGINT: 'LONG',
  VOID: 'NULL',
};

export function columnInfo(name: string, type: TypeTree, position: number): ColumnInfo {
  if (type.kind !== 'scalar') {
    return { name, type_text: type.text, type_name: type.kind.toUpperCase(), position };
  }
  const info: ColumnInfo = {
    name,
    type_text: type.text,
    type_name: names[type.name] ?? type.name,
    position,
  };
  const [precision, scale] = type.parameters;
  if (precision !== undefined) info.type_precision = precision;
  if (scale !== undefined) info.type_scale = scale;
  if (type.interval) info.type_interval_type = type.interval;
  return info;
}
