import { sessionName } from '../session.ts';
import { comment, ifNotExists, properties, startsQuery } from './clauses.ts';
import type { Statement } from './contract.ts';
import { createTable } from './create-table.ts';
import type { Cursor } from './cursor.ts';
import { unsupported } from './errors.ts';
import { identifier, name } from './names.ts';
import { dataType } from './types.ts';

type Of<Kind> = Extract<Statement, { kind: Kind }>;

/** Objects of CREATE that the platform knows and Brickbox does not make. Longest first. */
const others = [
  'STREAMING TABLE',
  'EXTERNAL TABLE',
  'MATERIALIZED VIEW',
  'GLOBAL TEMPORARY VIEW',
  'GLOBAL TEMP VIEW',
  'TEMPORARY FUNCTION',
  'TEMP FUNCTION',
  'TEMPORARY TABLE',
  'TEMP TABLE',
  'PRIVATE STREAMING TABLE',
  'EXTERNAL VOLUME',
  'GROUP',
  'EXTERNAL LOCATION',
  'STORAGE CREDENTIAL',
  'SERVICE CREDENTIAL',
  'CONNECTION',
  'FOREIGN CATALOG',
  'SHARE',
  'RECIPIENT',
  'PROVIDER',
  'SERVER',
  'PROCEDURE',
  'FLOW',
  'BLOOMFILTER INDEX',
  'MODEL',
  'USER',
];

/** Everything after `CREATE`. */
export function create(cursor: Cursor, position: number): Statement {
  const orReplace = cursor.accept('OR', 'REPLACE');
  const other = others.find((words) => cursor.isWords(...words.split(' ')));
  if (other !== undefined) throw unsupported(`CREATE ${other}`);
  const refresh = cursor.isWords('OR', 'REFRESH');
  if (refresh) throw unsupported('CREATE OR REFRESH');
  if (cursor.accept('TABLE')) return createTable(cursor, position, orReplace);
  if (cursor.accept('VIEW')) return createView(cursor, position, orReplace);
  if (cursor.accept('TEMP', 'VIEW') || cursor.accept('TEMPORARY', 'VIEW'))
    return createTempView(cursor, position, orReplace);
  if (cursor.accept('FUNCTION')) return createFunction(cursor, position, orReplace);
  if (orReplace) throw cursor.unexpected();
  if (cursor.accept('VOLUME')) return createVolume(cursor, position);
  if (cursor.accept('CATALOG')) return createCatalog(cursor, position);
  if (cursor.acceptAny('SCHEMA', 'DATABASE')) return createSchema(cursor, position);
  throw cursor.unexpected();
}

/** A managed volume; external ones are refused with their first word, EXTERNAL. */
function createVolume(cursor: Cursor, position: number): Of<'create_volume'> {
  const head = {
    kind: 'create_volume' as const,
    position,
    ifNotExists: ifNotExists(cursor),
    name: name(cursor),
  };
  if (cursor.isWords('LOCATION')) throw unsupported('CREATE VOLUME ... LOCATION');
  const text = comment(cursor);
  cursor.finish();
  return text === undefined ? head : { ...head, comment: text };
}

function createCatalog(cursor: Cursor, position: number): Of<'create_catalog'> {
  const statement: Of<'create_catalog'> = {
    kind: 'create_catalog',
    position,
    ifNotExists: ifNotExists(cursor),
    name: identifier(cursor),
  };
  containerClauses(cursor, statement, 'CREATE CATALOG');
  return statement;
}

function createSchema(cursor: Cursor, position: number): Of<'create_schema'> {
  const statement: Of<'create_schema'> = {
    kind: 'create_schema',
    position,
    ifNotExists: ifNotExists(cursor),
    name: name(cursor),
  };
  containerClauses(cursor, statement, 'CREATE SCHEMA');
  return statement;
}

function containerClauses(cursor: Cursor, statement: { comment?: string }, what: string): void {
  for (;;) {
    const text = comment(cursor);
    if (text !== undefined) statement.comment = text;
    else if (cursor.accept('WITH', 'DBPROPERTIES')) cursor.skipGroup();
    else if (!properties(cursor)) break;
  }
  for (const clause of ['MANAGED', 'LOCATION', 'USING', 'DEFAULT']) {
    if (cursor.isWords(clause)) throw unsupported(`${what} ... ${clause}`);
  }
  cursor.finish();
}

/** A temporary view has a name of one part (docs: CREATE VIEW). */
function createTempView(cursor: Cursor, position: number, orReplace: boolean): Of<'create_temp_view'> {
  const { name: given, ifNotExists: ifMissing, columns, query } = createView(cursor, position, orReplace);
  const own = sessionName(given);
  if (own === undefined)
    throw cursor.error(
      'TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS',
      '428EK',
      `CREATE TEMPORARY VIEW or the corresponding Dataset APIs only accept single-part view names, but got: ${given.map((part) => `\`${part}\``).join('.')}.`,
    );
  if (ifMissing)
    throw cursor.error(
      'INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS',
      '42000',
      'Invalid SQL syntax: It is not allowed to define a TEMPORARY view with IF NOT EXISTS.',
    );
  return { kind: 'create_temp_view', position, orReplace, ifNotExists: false, name: own, columns, query };
}

function createView(cursor: Cursor, position: number, orReplace: boolean): Of<'create_view'> {
  const head = { ifNotExists: ifNotExists(cursor), name: name(cursor) };
  const columns = cursor.isSymbol('(')
    ? cursor.list(() => {
        const column = identifier(cursor);
        const text = comment(cursor);
        return text === undefined ? { name: column } : { name: column, comment: text };
      })
    : null;
  let text: string | undefined;
  for (;;) {
    const next = comment(cursor);
    if (next !== undefined) text = next;
    else if (cursor.accept('WITH', 'SCHEMA')) {
      if (!cursor.acceptAny('BINDING', 'COMPENSATION', 'EVOLUTION')) cursor.expect('TYPE', 'EVOLUTION');
    } else if (cursor.isWords('WITH')) throw unsupported('CREATE VIEW ... WITH');
    else if (!properties(cursor)) break;
  }
  if (cursor.isWords('DEFAULT')) throw unsupported('CREATE VIEW ... DEFAULT COLLATION');
  cursor.expect('AS');
  if (!startsQuery(cursor)) throw cursor.unexpected();
  const query = cursor.restText();
  return {
    kind: 'create_view',
    position,
    ...head,
    orReplace,
    columns,
    ...(text === undefined ? {} : { comment: text }),
    query,
  };
}

function createFunction(cursor: Cursor, position: number, orReplace: boolean): Of<'create_function'> {
  const exists = ifNotExists(cursor);
  const fn = name(cursor);
  const parameters = cursor.list(() => parameter(cursor), { empty: true });
  const statement: Of<'create_function'> = {
    kind: 'create_function',
    position,
    name: fn,
    ifNotExists: exists,
    orReplace,
    parameters,
    returns: null,
    returnsTable: null,
    body: '',
  };
  if (cursor.accept('RETURNS')) returns(cursor, statement);
  while (characteristic(cursor, statement));
  if (cursor.isWords('AS')) throw unsupported('CREATE FUNCTION ... AS');
  cursor.expect('RETURN');
  statement.body = cursor.restText();
  if (statement.body === '') throw cursor.unexpected();
  return statement;
}

type Parameter = Of<'create_function'>['parameters'][number];

function parameter(cursor: Cursor): Parameter {
  const result: { name: string; type: string; default?: string; comment?: string } = {
    name: identifier(cursor),
    type: dataType(cursor),
  };
  for (;;) {
    const text = comment(cursor);
    if (text !== undefined) result.comment = text;
    else if (cursor.accept('DEFAULT')) {
      result.default = cursor.sliceUntil((at) => at.isSymbol(',') || at.isWords('COMMENT'));
    } else return result;
  }
}

function returns(cursor: Cursor, statement: Of<'create_function'>): void {
  if (!cursor.accept('TABLE')) {
    statement.returns = dataType(cursor);
    return;
  }
  // The column list may be left out (docs: CREATE FUNCTION); the columns are then those of the query.
  statement.returnsTable = cursor.isSymbol('(')
    ? cursor.list(() => {
        const column = { name: identifier(cursor), type: dataType(cursor), nullable: true };
        const text = comment(cursor);
        return text === undefined ? column : { ...column, comment: text };
      })
    : [];
}

/** One characteristic; false when there is none. Only those that SQL functions have anyway are taken. */
function characteristic(cursor: Cursor, statement: Of<'create_function'>): boolean {
  if (cursor.accept('LANGUAGE')) {
    const language = identifier(cursor).toUpperCase();
    if (language !== 'SQL') throw unsupported(`a ${language} function`);
    return true;
  }
  const text = comment(cursor);
  if (text !== undefined) {
    statement.comment = text;
    return true;
  }
  if (cursor.isWords('SQL', 'SECURITY', 'INVOKER')) throw unsupported('SQL SECURITY INVOKER');
  if (cursor.isWords('NOT', 'NULL') || cursor.isWords('ENVIRONMENT')) {
    throw unsupported(`CREATE FUNCTION ... ${cursor.peek().text.toUpperCase()}`);
  }
  return [
    ['DETERMINISTIC'],
    ['NOT', 'DETERMINISTIC'],
    ['CONTAINS', 'SQL'],
    ['READS', 'SQL', 'DATA'],
    ['SQL', 'SECURITY', 'DEFINER'],
  ].some((words) => cursor.accept(...words));
}
