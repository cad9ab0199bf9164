import type { Caller, Grant, Policy, SecurableRef } from '../../../emulator/policy/index.ts';
import {
  type Catalog,
  type FunctionBinding,
  fullName,
  type ObjectName,
  type RelationInfo,
} from '../catalog/index.ts';
import { catalogRef, functionRef, schemaRef, simpleType, tableRef } from '../statements/index.ts';
import { typeFacts } from './type-facts.ts';

/** Text, a whole number, or a time in epoch milliseconds, by the column's type. */
export type VirtualCell = string | number | null;
export type VirtualType = 'STRING' | 'INT' | 'TIMESTAMP';

export interface VirtualRelation {
  columns: readonly { name: string; type: VirtualType }[];
  rows: readonly (readonly VirtualCell[])[];
}

export interface InformationParts {
  catalog: Catalog;
  policy: Policy;
  caller: Caller;
}

interface View {
  /** Names in order; `:int` and `:time` for what is no text. */
  columns: string;
  rows(parts: InformationParts, catalog: string): VirtualCell[][];
}

/**
 * A view of an information_schema as this caller sees it: rows of what they may know of, never an error (docs:
 * information schema). `catalog` is `system` for all catalogs. Undefined when Brickbox has no such view.
 */
export function informationSchema(
  name: string,
  catalog: string,
  parts: InformationParts,
): VirtualRelation | undefined {
  const view = views[name];
  if (!view) return undefined;
  const catalogs = catalog === 'system' ? parts.catalog.catalogs() : [catalog];
  return {
    columns: view.columns.split(' ').map((column) => {
      const [label = '', mark] = column.split(':');
      return { name: label, type: mark === 'int' ? 'INT' : mark === 'time' ? 'TIMESTAMP' : 'STRING' };
    }),
    rows: catalogs.flatMap((one) => view.rows(parts, one)),
  };
}

export const informationViews = (): readonly string[] => Object.keys(views);

const sees = ({ policy, caller }: InformationParts, ref: SecurableRef) =>
  policy.authorizer.visible(caller, ref);
const holds = ({ policy, caller }: InformationParts, privilege: string, ref: SecurableRef) =>
  policy.authorizer.checkPrincipal(caller.principal, privilege, ref).allow;

function relations(parts: InformationParts, catalog: string): RelationInfo[] {
  return parts.catalog
    .schemas(catalog)
    .flatMap((schema) => parts.catalog.relations(catalog, schema))
    .filter(({ name }) => sees(parts, tableRef(name)));
}

const place = ({ catalog, schema, name }: ObjectName) => [catalog, schema, name];

/** Filters and masks are for those who may read the table (field: BROWSE, USE and EXECUTE are not enough). */
const protectedTables = (parts: InformationParts, catalog: string) =>
  relations(parts, catalog).flatMap((one) =>
    one.kind === 'table' && holds(parts, 'SELECT', tableRef(one.name)) ? [one] : [],
  );

const used = (binding: FunctionBinding) =>
  binding.arguments.map((one) => ('column' in one ? one.column : one.literal)).join(', ');

/** One's own grants, and all of what one manages. */
function privileges(parts: InformationParts, ref: SecurableRef, named: readonly string[]): VirtualCell[][] {
  const { principal } = parts.caller;
  const own = new Set([principal.name, ...principal.groups].map((name) => name.toLowerCase()));
  const manages = holds(parts, 'MANAGE', ref);
  const owner = parts.policy.securables.owner(ref) ?? null;
  return parts.policy.grants
    .on(ref, { inherited: true })
    .filter((grant) => manages || own.has(grant.principal.toLowerCase()))
    .map((grant) => [
      owner,
      grant.principal,
      ...named,
      grant.privilege.replaceAll(' ', '_'),
      'NO',
      from(grant, ref),
    ]);
}

const from = (grant: Grant, ref: SecurableRef): string =>
  grant.securable.name === ref.name ? 'NONE' : grant.securable.kind;

const tags =
  (kind: string, columns: number): View['rows'] =>
  (parts, catalog) =>
    parts.catalog.tags
      .within(catalog)
      .filter((tag) => tag.kind === kind && (tag.column !== '') === columns > 3)
      .filter((tag) => sees(parts, { kind: securableOf(tag.kind), name: tag.name }))
      .map((tag) => [...tag.name.split('.'), ...(tag.column === '' ? [] : [tag.column]), tag.key, tag.value]);

function securableOf(kind: string): SecurableRef['kind'] {
  if (kind === 'catalog') return 'CATALOG';
  if (kind === 'schema') return 'SCHEMA';
  return kind === 'volume' ? 'VOLUME' : 'TABLE';
}

const made = 'created:time created_by last_altered:time last_altered_by';
const lastAltered = (parts: InformationParts, one: RelationInfo): number =>
  (one.kind === 'table' ? parts.catalog.history(one.name).at(-1)?.at : undefined) ?? one.createdAt;

const views: Readonly<Record<string, View>> = {
  catalogs: {
    columns: `catalog_name catalog_owner comment ${made}`,
    rows(parts, catalog) {
      const info = parts.catalog.catalogInfo(catalog);
      if (!info || !sees(parts, catalogRef(catalog))) return [];
      const { owner, comment = null, createdAt, createdBy } = info;
      return [[catalog, owner, comment, createdAt, createdBy, createdAt, createdBy]];
    },
  },
  schemata: {
    columns: `catalog_name schema_name schema_owner comment ${made}`,
    rows: (parts, catalog) =>
      parts.catalog.schemas(catalog).flatMap((schema) => {
        const info = parts.catalog.schemaInfo(catalog, schema);
        if (!info || !sees(parts, schemaRef(catalog, schema))) return [];
        const { owner, comment = null, createdAt, createdBy } = info;
        return [[catalog, schema, owner, comment, createdAt, createdBy, createdAt, createdBy]];
      }),
  },
  tables: {
    columns: `table_catalog table_schema table_name table_type is_insertable_into commit_action table_owner comment ${made} data_source_format storage_sub_directory storage_path`,
    rows: (parts, catalog) =>
      relations(parts, catalog).map((one) => [
        ...place(one.name),
        one.kind === 'view' ? 'VIEW' : 'MANAGED',
        one.kind === 'view' ? 'NO' : 'YES',
        'PRESERVE',
        one.owner,
        one.comment ?? null,
        one.createdAt,
        one.createdBy,
        lastAltered(parts, one),
        one.createdBy,
        one.kind === 'view' ? 'UNKNOWN_DATA_SOURCE_FORMAT' : 'DELTA',
        null,
        null,
      ]),
  },
  columns: {
    columns:
      'table_catalog table_schema table_name column_name ordinal_position:int column_default is_nullable full_data_type data_type character_maximum_length:int character_octet_length:int numeric_precision:int numeric_precision_radix:int numeric_scale:int datetime_precision:int interval_type interval_precision:int maximum_cardinality:int is_identity identity_generation identity_start identity_increment identity_maximum identity_minimum identity_cycle is_generated generation_expression is_system_time_period_start is_system_time_period_end system_time_period_timestamp_generation is_updatable partition_ordinal_position:int comment',
    rows: (parts, catalog) =>
      relations(parts, catalog).flatMap((one) =>
        one.columns.map((column, i) => {
          const facts = typeFacts(column.type);
          const given = one.kind === 'table' ? one.defaults.get(column.name.toLowerCase()) : undefined;
          return [
            ...place(one.name),
            column.name.toLowerCase(),
            i,
            given ?? null,
            column.nullable ? 'YES' : 'NO',
            simpleType(column.type),
            facts.name,
            null,
            null,
            facts.precision,
            facts.radix,
            facts.scale,
            facts.datetime,
            ...Array.from({ length: 3 }, () => null),
            'NO',
            ...Array.from({ length: 6 }, () => null),
            'NEVER',
            null,
            'NO',
            'NO',
            null,
            one.kind === 'view' ? 'NO' : 'YES',
            null,
            column.comment ?? null,
          ];
        }),
      ),
  },
  views: {
    columns:
      'table_catalog table_schema table_name view_definition check_option is_updatable is_insertable_into sql_path is_materialized',
    rows: (parts, catalog) =>
      relations(parts, catalog).flatMap((one) => {
        if (one.kind !== 'view') return [];
        // Assumed: the text is for those who manage the view.
        const text = holds(parts, 'MANAGE', tableRef(one.name)) ? one.query : null;
        return [[...place(one.name), text, 'NONE', 'NO', 'NO', null, 'NO']];
      }),
  },
  routines: {
    columns: `specific_catalog specific_schema specific_name routine_catalog routine_schema routine_name routine_type data_type full_data_type routine_body routine_definition routine_owner comment ${made}`,
    rows: (parts, catalog) =>
      parts.catalog
        .schemas(catalog)
        .flatMap((schema) => parts.catalog.functions(catalog, schema))
        .filter((fn) => sees(parts, functionRef(fn.name)))
        .map((fn) => [
          ...place(fn.name),
          ...place(fn.name),
          'FUNCTION',
          fn.returnsTable ? 'TABLE_TYPE' : fn.returns === null ? null : typeFacts(fn.returns).name,
          fn.returns === null ? null : simpleType(fn.returns),
          'SQL',
          holds(parts, 'MANAGE', functionRef(fn.name)) ? fn.body : null,
          fn.owner,
          fn.comment ?? null,
          fn.createdAt,
          fn.createdBy,
          fn.createdAt,
          fn.createdBy,
        ]),
  },
  volumes: {
    columns: `volume_catalog volume_schema volume_name volume_type volume_owner comment storage_location ${made}`,
    rows: (parts, catalog) =>
      parts.catalog
        .schemas(catalog)
        .flatMap((schema) => parts.catalog.volumes(catalog, schema))
        .filter((one) => sees(parts, { kind: 'VOLUME', name: fullName(one.name) }))
        .map((one) => [
          ...place(one.name),
          'MANAGED',
          one.owner,
          one.comment ?? null,
          null,
          one.createdAt,
          one.createdBy,
          one.createdAt,
          one.createdBy,
        ]),
  },
  catalog_privileges: {
    columns: 'grantor grantee catalog_name privilege_type is_grantable inherited_from',
    rows: (parts, catalog) => privileges(parts, catalogRef(catalog), [catalog]),
  },
  schema_privileges: {
    columns: 'grantor grantee catalog_name schema_name privilege_type is_grantable inherited_from',
    rows: (parts, catalog) =>
      parts.catalog
        .schemas(catalog)
        .flatMap((schema) => privileges(parts, schemaRef(catalog, schema), [catalog, schema])),
  },
  table_privileges: {
    columns:
      'grantor grantee table_catalog table_schema table_name privilege_type is_grantable inherited_from',
    rows: (parts, catalog) =>
      relations(parts, catalog).flatMap((one) => privileges(parts, tableRef(one.name), place(one.name))),
  },
  // Both sets of columns: the documented one, and the one that clients read from live workspaces.
  row_filters: {
    columns:
      'catalog_name schema_name table_name filter_catalog filter_schema filter_name filter_col_usage table_catalog table_schema target_columns',
    rows: (parts, catalog) =>
      protectedTables(parts, catalog).flatMap(({ name, rowFilter }) => {
        if (!rowFilter) return [];
        const fn = rowFilter.function;
        return [
          [
            ...place(name),
            fn.catalog,
            fn.schema,
            fullName(fn),
            used(rowFilter),
            name.catalog,
            name.schema,
            used(rowFilter),
          ],
        ];
      }),
  },
  column_masks: {
    columns:
      'catalog_name schema_name table_name column_name mask_catalog mask_schema mask_name mask_col_usage table_catalog table_schema using_columns',
    rows: (parts, catalog) =>
      protectedTables(parts, catalog).flatMap(({ name, masks }) =>
        [...masks].map(([column, mask]) => [
          ...place(name),
          column,
          mask.function.catalog,
          mask.function.schema,
          fullName(mask.function),
          used(mask),
          name.catalog,
          name.schema,
          used(mask),
        ]),
      ),
  },
  catalog_tags: { columns: 'catalog_name tag_name tag_value', rows: tags('catalog', 1) },
  schema_tags: { columns: 'catalog_name schema_name tag_name tag_value', rows: tags('schema', 2) },
  table_tags: { columns: 'catalog_name schema_name table_name tag_name tag_value', rows: tags('table', 3) },
  column_tags: {
    columns: 'catalog_name schema_name table_name column_name tag_name tag_value',
    rows: tags('table', 4),
  },
  volume_tags: {
    columns: 'catalog_name schema_name volume_name tag_name tag_value',
    rows: tags('volume', 3),
  },
};
