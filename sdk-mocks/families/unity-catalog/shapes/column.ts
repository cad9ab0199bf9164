import { type Column, columnType, simpleType } from '../../../sql/index.ts';

/** The type fields that ColumnInfo and FunctionParameterInfo share. */
export function typeFields(column: Pick<Column, 'name' | 'type' | 'comment'>, nullable: boolean): object {
  const { name, json, precision, scale, interval } = columnType(column.type);
  const metadata = column.comment === undefined ? {} : { comment: column.comment };
  return {
    type_text: simpleType(column.type),
    type_name: name,
    type_json: JSON.stringify({ name: column.name, type: json, nullable, metadata }),
    type_precision: precision ?? 0,
    type_scale: scale ?? 0,
    ...(interval === undefined ? {} : { type_interval_type: interval }),
  };
}
