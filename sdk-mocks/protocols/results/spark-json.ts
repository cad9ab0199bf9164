import type { TypeTree } from './spark-type.ts';

/** Names of scalar types in Spark's JSON form of a schema where they differ from the lower-case SQL name. */
const names: Readonly<Record<string, string>> = {
  INT: 'integer',
  BIGINT: 'long',
  SMALLINT: 'short',
  TINYINT: 'byte',
};

/** A type in Spark's JSON form: `"integer"`, `{"type":"array","elementType":"integer","containsNull":true}` (recorded). */
export function sparkJsonType(type: TypeTree): string | object {
  switch (type.kind) {
    case 'array':
      return { type: 'array', elementType: sparkJsonType(type.element), containsNull: true };
    case 'map':
      return {
        type: 'map',
        keyType: sparkJsonType(type.key),
        valueType: sparkJsonType(type.value),
        valueContainsNull: true,
      };
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map((field) => ({
          name: field.name,
          type: sparkJsonType(field.type),
          nullable: true,
          metadata: {},
        })),
      };
    default:
      return names[type.name] ?? type.text.toLowerCase();
  }
}
