import type { Column } from '../contract.ts';
import { comment, filterClause, ifNotExists, maskClause, properties, startsQuery } from './clauses.ts';
import type { MaskClause, Statement } from './contract.ts';
import type { Cursor } from './cursor.ts';
import { unsupported } from './errors.ts';
import { identifier, name } from './names.ts';
import { dataType } from './types.ts';

type CreateTable = Extract<Statement, { kind: 'create_table' }>;
type TableColumn = Column & { mask?: MaskClause; default?: string };

/** Everything after `CREATE [OR REPLACE] TABLE`. */
export function createTable(cursor: Cursor, position: number, orReplace: boolean): CreateTable {
  const statement: CreateTable = {
    kind: 'create_table',
    position,
    ifNotExists: ifNotExists(cursor),
    name: name(cursor),
    orReplace,
    columns: null,
  };
  if (cursor.isSymbol('(') && !startsQuery(cursor, 1)) statement.columns = columnList(cursor);
  while (clause(cursor, statement));
  cursor.accept('AS');
  if (startsQuery(cursor)) {
    if (statement.columns !== null) throw cursor.unexpected('a query takes the place of the column list');
    statement.asQuery = cursor.restText();
  } else if (statement.columns === null) {
    throw cursor.atEnd ? emptyTable(cursor) : cursor.unexpected();
  }
  cursor.finish();
  return statement;
}

function emptyTable(cursor: Cursor) {
  return cursor.unexpected('a column list or AS query is missing');
}

/** One clause after the column list; false when there is none. Layout clauses change no answer and are not kept. */
function clause(cursor: Cursor, statement: CreateTable): boolean {
  if (cursor.accept('USING')) {
    const format = identifier(cursor);
    if (format.toUpperCase() !== 'DELTA') statement.format = format.toUpperCase();
    return true;
  }
  if (cursor.accept('WITH', 'ROW', 'FILTER')) {
    statement.rowFilter = filterClause(cursor);
    return true;
  }
  const text = comment(cursor);
  if (text !== undefined) {
    statement.comment = text;
    return true;
  }
  if (properties(cursor)) return true;
  if (cursor.accept('PARTITIONED', 'BY')) {
    cursor.list(() => identifier(cursor));
    return true;
  }
  if (cursor.accept('CLUSTER', 'BY')) {
    if (!cursor.acceptAny('AUTO', 'NONE')) cursor.list(() => name(cursor), { empty: true });
    return true;
  }
  for (const word of ['LOCATION', 'LIKE', 'SHALLOW', 'DEEP', 'CLONE', 'CLUSTERED', 'DEFAULT']) {
    if (cursor.isWords(word)) throw unsupported(`CREATE TABLE ... ${word}`);
  }
  return false;
}

function columnList(cursor: Cursor): TableColumn[] {
  const columns: TableColumn[] = [];
  cursor.list(() => {
    if (!tableConstraint(cursor)) columns.push(column(cursor));
  });
  return columns;
}

/** PRIMARY and FOREIGN KEY are informational in Unity Catalog (docs: constraints): read and not kept. CHECK is enforced there. */
function tableConstraint(cursor: Cursor): boolean {
  const named = cursor.isWords('CONSTRAINT') && cursor.isWordAt(2, 'PRIMARY', 'FOREIGN', 'CHECK');
  if (named) {
    cursor.next();
    identifier(cursor);
  }
  if (cursor.isWords('CHECK') && cursor.isSymbol('(', 1)) throw unsupported('a CHECK constraint');
  if (cursor.accept('PRIMARY', 'KEY')) {
    keyColumns(cursor);
  } else if (cursor.accept('FOREIGN', 'KEY')) {
    keyColumns(cursor);
    references(cursor);
  } else return false;
  return true;
}

function keyColumns(cursor: Cursor): void {
  cursor.list(() => {
    identifier(cursor);
    cursor.accept('TIMESERIES');
  });
  constraintOptions(cursor);
}

function references(cursor: Cursor): void {
  cursor.expect('REFERENCES');
  name(cursor);
  if (cursor.isSymbol('(')) cursor.list(() => identifier(cursor));
  constraintOptions(cursor);
}

function constraintOptions(cursor: Cursor): void {
  const options = [
    ['NOT', 'ENFORCED'],
    ['RELY'],
    ['NORELY'],
    ['INITIALLY', 'DEFERRED'],
    ['NOT', 'DEFERRABLE'],
    ['ON', 'UPDATE', 'NO', 'ACTION'],
    ['ON', 'DELETE', 'NO', 'ACTION'],
  ];
  while (options.some((words) => cursor.accept(...words)));
}

/** One column with its options, as in CREATE TABLE and ADD COLUMN. */
export function column(cursor: Cursor): TableColumn {
  const given = identifier(cursor);
  const result: TableColumn = { name: given, type: dataType(cursor), nullable: true };
  while (columnOption(cursor, result));
  return result;
}

function columnOption(cursor: Cursor, column: TableColumn): boolean {
  if (cursor.accept('NOT', 'NULL')) {
    column.nullable = false;
    return true;
  }
  const text = comment(cursor);
  if (text !== undefined) {
    column.comment = text;
    return true;
  }
  if (cursor.accept('MASK')) {
    column.mask = maskClause(cursor);
    return true;
  }
  if (cursor.accept('DEFAULT')) {
    column.default = cursor.sliceUntil(
      (at) =>
        at.isSymbol(',') ||
        at.isWordAt(
          0,
          'COMMENT',
          'MASK',
          'CONSTRAINT',
          'PRIMARY',
          'GENERATED',
          'REFERENCES',
          'FIRST',
          'AFTER',
        ) ||
        at.isWords('NOT', 'NULL'),
    );
    return true;
  }
  if (cursor.isWords('GENERATED')) throw unsupported('a generated column');
  if (cursor.accept('CONSTRAINT')) identifier(cursor);
  if (cursor.accept('PRIMARY', 'KEY')) {
    constraintOptions(cursor);
    return true;
  }
  if (cursor.isWords('REFERENCES') || cursor.accept('FOREIGN', 'KEY')) {
    references(cursor);
    return true;
  }
  return false;
}
