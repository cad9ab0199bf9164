import { columnType, type FunctionInfo, fullName, simpleType } from '../../../sql/index.ts';
import type { Services } from '../../../workspace/index.ts';
import type { Access } from '../access.ts';
import { metastoreId, stableId } from '../stable-id.ts';
import { typeFields } from './column.ts';

/** FunctionInfo of a SQL function: always definer's rights (code: databricks-sdk-go service/catalog/model.go). */
export function functionInfo(fn: FunctionInfo, access: Access, services: Services): object {
  const { name, owner, comment } = fn;
  const head = {
    name: name.name,
    catalog_name: name.catalog,
    schema_name: name.schema,
    full_name: fullName(name),
    ...(comment === undefined ? {} : { comment }),
    owner,
    metastore_id: metastoreId(services),
  };
  if (access === 'browse') return { ...head, browse_only: true };
  return {
    ...head,
    input_params: { parameters: fn.parameters.map(parameterInfo) },
    ...returned(fn),
    routine_body: 'SQL',
    routine_definition: fn.body,
    parameter_style: 'S',
    is_deterministic: true,
    // Assumed: Brickbox does not look into the body to tell CONTAINS_SQL from READS_SQL_DATA.
    sql_data_access: 'CONTAINS_SQL',
    is_null_call: false,
    security_type: 'DEFINER',
    specific_name: name.name,
    function_id: stableId('function', fullName(name), fn.createdAt),
    created_at: fn.createdAt,
    created_by: fn.createdBy,
    updated_at: fn.createdAt,
    updated_by: fn.createdBy,
  };
}

function parameterInfo(parameter: FunctionInfo['parameters'][number], position: number): object {
  return {
    name: parameter.name,
    ...typeFields(parameter, true),
    position,
    parameter_mode: 'IN',
    parameter_type: 'PARAM',
    ...(parameter.default === undefined ? {} : { parameter_default: parameter.default }),
  };
}

function returned(fn: FunctionInfo): object {
  if (fn.returnsTable !== null) {
    return {
      data_type: 'TABLE_TYPE',
      full_data_type: `(${fn.returnsTable.map((column) => `${column.name} ${simpleType(column.type)}`).join(', ')})`,
      return_params: {
        parameters: fn.returnsTable.map((column, position) => ({
          name: column.name,
          ...typeFields(column, true),
          position,
          parameter_mode: 'IN',
          parameter_type: 'COLUMN',
        })),
      },
    };
  }
  if (fn.returns === null) return {};
  return { data_type: columnType(fn.returns).name, full_data_type: simpleType(fn.returns).toUpperCase() };
}
