import { z } from 'zod';
import type { FunctionInfo, ObjectName, RelationInfo, Segment, TableInfo, ViewInfo } from './contract.ts';

export const column = z.object({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  comment: z.string().exactOptional(),
});
const objectName = z.object({ catalog: z.string(), schema: z.string(), name: z.string() });
const argument = z.union([z.object({ column: z.string() }), z.object({ literal: z.string() })]);
const binding = z.object({ function: objectName, arguments: z.array(argument) });
const defaults = z.object({ catalog: z.string(), schema: z.string() });
const comment = z.string().exactOptional();
const textPairs = z.array(z.tuple([z.string(), z.string()]));

const tableDefinition = z.object({
  kind: z.literal('table'),
  columns: z.array(column),
  comment,
  rowFilter: binding.nullable(),
  masks: z.array(z.tuple([z.string(), binding])),
  defaults: textPairs,
  properties: textPairs.exactOptional(),
  physical: textPairs.exactOptional(),
});
const viewDefinition = z.object({
  kind: z.literal('view'),
  columns: z.array(column),
  comment,
  query: z.string(),
  defaults,
  properties: textPairs.exactOptional(),
});
const relationDefinition = z.discriminatedUnion('kind', [tableDefinition, viewDefinition]);
const functionDefinition = z.object({
  parameters: z.array(z.object({ name: z.string(), type: z.string(), default: z.string().exactOptional() })),
  returns: z.string().nullable(),
  returnsTable: z.array(column).nullable(),
  body: z.string(),
  defaults,
  comment,
});
const segmentList = z.array(
  z.object({ id: z.string(), rows: z.number(), deleteVector: z.string().nullable() }),
);

/** Columns every object row has. */
export interface ObjectRow {
  catalog: string;
  schema: string;
  name: string;
  version: number;
  owner: string;
  created_at: number;
  created_by: string;
  definition: string;
}

export interface RelationRow extends ObjectRow {
  segments: string;
}

const head = (row: ObjectRow) => ({
  name: { catalog: row.catalog, schema: row.schema, name: row.name },
  owner: row.owner,
  version: row.version,
  createdAt: row.created_at,
  createdBy: row.created_by,
});

export function relationOf(row: RelationRow): RelationInfo {
  const { properties, ...definition } = relationDefinition.parse(JSON.parse(row.definition));
  const kept = properties && properties.length > 0 ? { properties: new Map(properties) } : {};
  if (definition.kind === 'view') return { ...head(row), ...definition, ...kept };
  const { physical, ...rest } = definition;
  return {
    ...head(row),
    ...rest,
    ...kept,
    ...(physical && physical.length > 0 ? { physical: new Map(physical) } : {}),
    masks: new Map(definition.masks),
    defaults: new Map(definition.defaults),
    segments: segmentsOf(row.segments),
  };
}

export function functionOf(row: ObjectRow): FunctionInfo {
  return { ...head(row), ...functionDefinition.parse(JSON.parse(row.definition)) };
}

export function segmentsOf(text: string): Segment[] {
  return segmentList.parse(JSON.parse(text));
}

/** What of a table is kept as JSON; its segments have their own column. */
export type TableDefinition = Pick<
  TableInfo,
  'kind' | 'columns' | 'comment' | 'rowFilter' | 'masks' | 'defaults' | 'properties' | 'physical'
>;

export function tableJson(table: TableDefinition): string {
  const { kind, columns, comment: text, rowFilter, masks } = table;
  return JSON.stringify({
    kind,
    columns,
    comment: text,
    rowFilter,
    masks: [...masks],
    defaults: [...table.defaults],
    ...(table.properties ? { properties: [...table.properties] } : {}),
    ...(table.physical ? { physical: [...table.physical] } : {}),
  });
}

export function viewJson(
  view: Pick<ViewInfo, 'columns' | 'comment' | 'query' | 'defaults' | 'properties'>,
): string {
  const { columns, comment: text, query, defaults: names } = view;
  return JSON.stringify({
    kind: 'view',
    columns,
    comment: text,
    query,
    defaults: names,
    ...(view.properties ? { properties: [...view.properties] } : {}),
  });
}

export function functionJson(
  fn: Omit<FunctionInfo, 'name' | 'owner' | 'version' | 'createdAt' | 'createdBy'>,
): string {
  const { parameters, returns, returnsTable, body, defaults: names, comment: text } = fn;
  return JSON.stringify({ parameters, returns, returnsTable, body, defaults: names, comment: text });
}

/** `main.sales.orders`, the key of caches and the name of the securable. */
export function fullName(name: ObjectName): string {
  return `${name.catalog}.${name.schema}.${name.name}`;
}

/** Unity Catalog keeps names in lower case (docs: names). */
export function lower(name: ObjectName): ObjectName {
  return {
    catalog: name.catalog.toLowerCase(),
    schema: name.schema.toLowerCase(),
    name: name.name.toLowerCase(),
  };
}
