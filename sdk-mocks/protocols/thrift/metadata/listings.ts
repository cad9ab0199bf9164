import type { Caller } from '../../../../emulator/identity/index.ts';
import type { CellValue, Column } from '../../../sql/index.ts';
import type { MetadataRequest } from '../requests.ts';
import { matcher } from './patterns.ts';
import type { MetadataPort } from './port.ts';
import { typeFacts, typeInfoRows } from './types.ts';

export interface Listing {
  columns: Column[];
  rows: CellValue[][];
}

/** One metadata call: what it lists for this caller. */
export type List = (request: MetadataRequest, caller: Caller, port: MetadataPort) => Listing;

/** `TABLE_CAT DATA_TYPE:INT`: STRING unless said otherwise. */
function columnsOf(text: string): Column[] {
  return text.split(' ').map((part) => {
    const [name = '', type = 'STRING'] = part.split(':');
    return { name, type, nullable: true };
  });
}

export const catalogs: List = (_request, caller, port) => ({
  columns: columnsOf('TABLE_CAT'),
  rows: port.catalogs(caller).map((name) => [name]),
});

export const schemas: List = (request, caller, port) => ({
  columns: columnsOf('TABLE_SCHEM TABLE_CATALOG'),
  rows: schemasFor(request, caller, port).map(({ catalog, schema }) => [schema, catalog]),
});

export const tables: List = (request, caller, port) => ({
  columns: columnsOf(
    'TABLE_CAT TABLE_SCHEM TABLE_NAME TABLE_TYPE REMARKS TYPE_CAT TYPE_SCHEM TYPE_NAME SELF_REFERENCING_COL_NAME REF_GENERATION',
  ),
  rows: relationsFor(request, caller, port)
    .filter(({ kind }) => wantsType(request.tableTypes, kind))
    .map(({ catalog, schema, name, kind, comment }) => [
      ...[catalog, schema, name, kind, comment],
      ...[null, null, null, null, null],
    ]),
});

export const tableTypes: List = () => ({
  columns: columnsOf('TABLE_TYPE'),
  rows: [['SYSTEM TABLE'], ['TABLE'], ['VIEW'], ['METRIC_VIEW']],
});

export const columns: List = (request, caller, port) => {
  const matches = matcher(request.columnName);
  const rows = relationsFor(request, caller, port).flatMap(({ catalog, schema, name, columns: all }) =>
    all
      .map((column, index) => ({ column, index }))
      .filter(({ column }) => matches(column.name))
      .map(({ column, index }): CellValue[] => {
        const { typeName, dataType, size, scale, radix } = typeFacts(column.type);
        const head = [catalog, schema, name, column.name, dataType, typeName, size, null, scale, radix];
        const about = [column.nullable ? 1 : 0, column.comment ?? '', null, null, null, null];
        return [...head, ...about, index, column.nullable ? 'YES' : 'NO', null, null, null, null, 'NO'];
      }),
  );
  return {
    columns: columnsOf(
      'TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE:INT TYPE_NAME COLUMN_SIZE:INT BUFFER_LENGTH:TINYINT ' +
        'DECIMAL_DIGITS:INT NUM_PREC_RADIX:INT NULLABLE:INT REMARKS COLUMN_DEF SQL_DATA_TYPE:INT SQL_DATETIME_SUB:INT ' +
        'CHAR_OCTET_LENGTH:INT ORDINAL_POSITION:INT IS_NULLABLE SCOPE_CATALOG SCOPE_SCHEMA SCOPE_TABLE ' +
        'SOURCE_DATA_TYPE:SMALLINT IS_AUTO_INCREMENT',
    ),
    rows,
  };
};

export const typeInfo: List = () => ({
  columns: columnsOf(
    'TYPE_NAME DATA_TYPE:INT PRECISION:INT LITERAL_PREFIX LITERAL_SUFFIX CREATE_PARAMS NULLABLE:SMALLINT ' +
      'CASE_SENSITIVE:BOOLEAN SEARCHABLE:SMALLINT UNSIGNED_ATTRIBUTE:BOOLEAN FIXED_PREC_SCALE:BOOLEAN ' +
      'AUTO_INCREMENT:BOOLEAN LOCAL_TYPE_NAME MINIMUM_SCALE:SMALLINT MAXIMUM_SCALE:SMALLINT SQL_DATA_TYPE:INT ' +
      'SQL_DATETIME_SUB:INT NUM_PREC_RADIX:INT',
  ),
  rows: typeInfoRows(),
});

/** Ordinary functions return a value: functionNoTable is 1 (docs: JDBC DatabaseMetaData.getFunctions). */
export const functions: List = (request, caller, port) => {
  const matches = matcher(request.functionName);
  const rows = schemasFor(request, caller, port).flatMap(({ catalog, schema }) =>
    port
      .functions(caller, catalog, schema)
      .filter(({ name }) => matches(name))
      .map(({ name, comment }): CellValue[] => [
        catalog,
        schema,
        name,
        comment,
        1,
        `${catalog}.${schema}.${name}`,
      ]),
  );
  return {
    columns: columnsOf(
      'FUNCTION_CAT FUNCTION_SCHEM FUNCTION_NAME REMARKS FUNCTION_TYPE:SMALLINT SPECIFIC_NAME',
    ),
    rows,
  };
};

/** The catalog keeps no key constraints, so there is none to tell of. */
export const primaryKeys: List = () => ({
  columns: columnsOf('TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME KEY_SEQ:INT PK_NAME'),
  rows: [],
});

export const crossReference: List = () => ({
  columns: columnsOf(
    'PKTABLE_CAT PKTABLE_SCHEM PKTABLE_NAME PKCOLUMN_NAME FKTABLE_CAT FKTABLE_SCHEM FKTABLE_NAME FKCOLUMN_NAME ' +
      'KEY_SEQ:INT UPDATE_RULE:SMALLINT DELETE_RULE:SMALLINT FK_NAME PK_NAME DEFERRABILITY:SMALLINT',
  ),
  rows: [],
});

function wantsType(types: readonly string[] | undefined, kind: string): boolean {
  return types === undefined || types.length === 0 || types.some((type) => type.toUpperCase() === kind);
}

/** The catalog is a name, without wildcards; absent, empty or `%` means all of them. Schemas go by pattern. */
function schemasFor({ catalogName, schemaName }: MetadataRequest, caller: Caller, port: MetadataPort) {
  const matches = matcher(schemaName);
  const all = catalogName === undefined || catalogName === '' || catalogName === '%' || catalogName === '*';
  return port
    .catalogs(caller)
    .filter((catalog) => all || catalog === catalogName.replace(/\\(?=[_%\\])/g, '').toLowerCase())
    .flatMap((catalog) =>
      port
        .schemas(caller, catalog)
        .filter(matches)
        .map((schema) => ({ catalog, schema })),
    );
}

function relationsFor(request: MetadataRequest, caller: Caller, port: MetadataPort) {
  const matches = matcher(request.tableName);
  return schemasFor(request, caller, port).flatMap(({ catalog, schema }) =>
    port.relations(caller, catalog, schema).filter(({ name }) => matches(name)),
  );
}
