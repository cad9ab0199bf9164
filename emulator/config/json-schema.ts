import { z } from 'zod';
import { isRecord, recordOf } from './plain-object.ts';
import { configSchema } from './schema.ts';

/** JSON Schema of `brickbox.yaml`, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: 'input' });
  return {
    $schema,
    title: 'brickbox.yaml',
    description: 'A sandbox for Databricks Apps: people, data, secrets, apps and what they may reach.',
    ...rest,
  };
}

/** The published file, byte for byte. */
export function configJsonSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

/** Keys a user may write in the map at `path`. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  let schemas: Record<string, unknown>[] = [configJsonSchema()];
  for (const step of path)
    schemas = schemas.flatMap((schema) => alternatives(schema).flatMap(stepInto(step)));
  return [
    ...new Set(schemas.flatMap(alternatives).flatMap((one) => Object.keys(recordOf(one['properties'])))),
  ];
}

function alternatives(schema: Record<string, unknown>): Record<string, unknown>[] {
  const any = schema['anyOf'];
  return Array.isArray(any) ? any.filter(isRecord).flatMap(alternatives) : [schema];
}

const stepInto =
  (step: PropertyKey) =>
  (schema: Record<string, unknown>): Record<string, unknown>[] =>
    [
      recordOf(schema['properties'])[String(step)] ?? schema['additionalProperties'] ?? schema['items'],
    ].filter(isRecord);
