import { type FunctionBinding, fullName, type RelationInfo } from '../../../sql/index.ts';
import type { Services } from '../../../workspace/index.ts';
import type { Access } from '../access.ts';
import { metastoreId, stableId } from '../stable-id.ts';
import { typeFields } from './column.ts';

export interface TableOptions {
  access: Access;
  omitColumns?: boolean;
  omitProperties?: boolean;
  omitUsername?: boolean;
}

/** TableInfo, with `row_filter` and the columns' `mask` as the platform names them. */
export function tableInfo(relation: RelationInfo, options: TableOptions, services: Services): object {
  const { name, owner, comment } = relation;
  const head = {
    name: name.name,
    catalog_name: name.catalog,
    schema_name: name.schema,
    full_name: fullName(name),
    ...kindOf(relation),
    ...(comment === undefined ? {} : { comment }),
    ...(options.omitUsername ? {} : { owner }),
    metastore_id: metastoreId(services),
  };
  if (options.access === 'browse') return { ...head, browse_only: true };
  return {
    ...head,
    ...(options.omitColumns ? {} : { columns: columns(relation) }),
    ...(relation.kind === 'table' && relation.rowFilter ? { row_filter: rowFilter(relation.rowFilter) } : {}),
    ...(relation.kind === 'view' ? { view_definition: relation.query } : {}),
    ...(options.omitProperties ? {} : { properties: Object.fromEntries(relation.properties ?? []) }),
    table_id: stableId('table', fullName(name), relation.createdAt),
    created_at: relation.createdAt,
    created_by: relation.createdBy,
    updated_at: relation.createdAt,
    updated_by: relation.createdBy,
  };
}

export function tableSummary(relation: RelationInfo): object {
  return { full_name: fullName(relation.name), table_type: kindOf(relation).table_type };
}

function kindOf(relation: RelationInfo): { table_type: string; data_source_format?: string } {
  if (relation.kind === 'view') return { table_type: 'VIEW' };
  return { table_type: 'MANAGED', data_source_format: 'DELTA' };
}

function columns(relation: RelationInfo): object[] {
  const masks = relation.kind === 'table' ? relation.masks : undefined;
  return relation.columns.map((column, position) => {
    const mask = masks?.get(column.name.toLowerCase());
    return {
      name: column.name,
      ...typeFields(column, column.nullable),
      position,
      nullable: column.nullable,
      ...(column.comment === undefined ? {} : { comment: column.comment }),
      ...(mask ? { mask: columnMask(mask) } : {}),
    };
  });
}

function rowFilter(binding: FunctionBinding): object {
  return {
    function_name: fullName(binding.function),
    input_column_names: columnNames(binding),
    input_arguments: policyArguments(binding),
  };
}

function columnMask(binding: FunctionBinding): object {
  return {
    function_name: fullName(binding.function),
    using_column_names: columnNames(binding),
    using_arguments: policyArguments(binding),
  };
}

function columnNames(binding: FunctionBinding): string[] {
  return binding.arguments.flatMap((argument) => ('column' in argument ? [argument.column] : []));
}

function policyArguments(binding: FunctionBinding): object[] {
  return binding.arguments.map((argument) =>
    'column' in argument ? { column: argument.column } : { constant: argument.literal },
  );
}
