import { filterClause, maskClause, propertyKey, propertyList, tagList } from './clauses.ts';
import type { SecurableWord, Statement } from './contract.ts';
import { column } from './create-table.ts';
import type { Cursor } from './cursor.ts';
import { unsupported } from './errors.ts';
import { identifier, name, principal } from './names.ts';

const objects: Record<string, SecurableWord> = {
  CATALOG: 'CATALOG',
  SCHEMA: 'SCHEMA',
  DATABASE: 'SCHEMA',
  TABLE: 'TABLE',
  VIEW: 'VIEW',
  FUNCTION: 'FUNCTION',
  VOLUME: 'VOLUME',
};

/** Everything after `ALTER`. */
export function alter(cursor: Cursor, position: number): Statement {
  const word = cursor.peek().kind === 'word' ? cursor.peek().text.toUpperCase() : '';
  const object = objects[word];
  if (object === undefined) {
    const known = [
      'MATERIALIZED',
      'STREAMING',
      'EXTERNAL',
      'STORAGE',
      'CONNECTION',
      'SHARE',
      'GOVERNED',
      'GROUP',
    ];
    if (known.includes(word) || ['RECIPIENT', 'PROVIDER', 'CREDENTIAL', 'SERVICE', 'USER'].includes(word)) {
      throw unsupported(`ALTER ${word}`);
    }
    throw cursor.unexpected();
  }
  cursor.next();
  const target = name(cursor);
  if (cursor.accept('OWNER', 'TO') || cursor.accept('SET', 'OWNER', 'TO')) {
    const owner = principal(cursor);
    cursor.finish();
    return { kind: 'set_owner', position, object, name: target, owner };
  }
  const statement =
    alterAny(cursor, position, object, target) ??
    (object === 'TABLE' ? alterTable(cursor, position, target) : undefined);
  if (statement === undefined) throw refuse(cursor, object);
  cursor.finish();
  return statement;
}

/** What several kinds of objects have: tags, properties, another name. */
function alterAny(
  cursor: Cursor,
  position: number,
  object: SecurableWord,
  target: readonly string[],
): Statement | undefined {
  const on = { position, object, name: target, column: null };
  if (object !== 'FUNCTION' && cursor.accept('SET', 'TAGS')) {
    return { kind: 'set_tags', ...on, tags: tagList(cursor) };
  }
  if (object !== 'FUNCTION' && cursor.accept('UNSET', 'TAGS')) {
    return { kind: 'unset_tags', ...on, keys: cursor.list(() => cursor.expectString()) };
  }
  if (object !== 'TABLE' && object !== 'VIEW') return undefined;
  if (cursor.accept('RENAME', 'TO')) {
    return { kind: 'rename', position, object, name: target, to: name(cursor) };
  }
  if (cursor.accept('SET', 'TBLPROPERTIES')) {
    const properties = propertyList(cursor);
    return { kind: 'set_properties', position, object, name: target, properties };
  }
  if (cursor.accept('UNSET', 'TBLPROPERTIES')) {
    const ifExists = cursor.accept('IF', 'EXISTS');
    const keys = cursor.list(() => propertyKey(cursor));
    return { kind: 'unset_properties', position, object, name: target, keys, ifExists };
  }
  return undefined;
}

function alterTable(cursor: Cursor, position: number, table: readonly string[]): Statement | undefined {
  if (cursor.accept('SET', 'ROW', 'FILTER')) {
    return { kind: 'set_row_filter', position, table, ...filterClause(cursor) };
  }
  if (cursor.accept('DROP', 'ROW', 'FILTER')) return { kind: 'drop_row_filter', position, table };
  if (cursor.accept('ADD', 'COLUMNS') || cursor.accept('ADD', 'COLUMN')) {
    return addColumns(cursor, position, table);
  }
  if (cursor.accept('DROP', 'COLUMNS') || cursor.accept('DROP', 'COLUMN')) {
    const ifExists = cursor.accept('IF', 'EXISTS');
    const columns = cursor.isSymbol('(')
      ? cursor.list(() => oneColumn(cursor))
      : separated(cursor, () => oneColumn(cursor));
    return { kind: 'drop_columns', position, table, columns, ifExists };
  }
  if (cursor.accept('RENAME', 'COLUMN')) {
    const column = oneColumn(cursor);
    cursor.expect('TO');
    return { kind: 'rename_column', position, table, column, to: identifier(cursor) };
  }
  if (cursor.accept('CHANGE')) {
    cursor.accept('COLUMN');
    const column = oneColumn(cursor);
    return cursor.isWords('COMMENT') ? alterColumn(cursor, position, table, column) : undefined;
  }
  if (!cursor.isWords('ALTER')) return undefined;
  // `ALTER COLUMN column ...` and a column that is itself called column.
  cursor.next();
  if (cursor.isWords('COLUMN') && !cursor.isWordAt(1, 'SET', 'DROP')) cursor.next();
  return alterColumn(cursor, position, table, oneColumn(cursor));
}

function alterColumn(
  cursor: Cursor,
  position: number,
  table: readonly string[],
  column: string,
): Statement | undefined {
  if (cursor.accept('SET', 'MASK')) {
    return { kind: 'set_mask', position, table, column, mask: maskClause(cursor) };
  }
  if (cursor.accept('DROP', 'MASK')) return { kind: 'drop_mask', position, table, column };
  const on = { position, object: 'TABLE' as const, name: table, column };
  if (cursor.accept('COMMENT')) return { kind: 'comment', ...on, comment: cursor.expectString() };
  if (cursor.accept('SET', 'TAGS')) return { kind: 'set_tags', ...on, tags: tagList(cursor) };
  if (cursor.accept('UNSET', 'TAGS')) {
    return { kind: 'unset_tags', ...on, keys: cursor.list(() => cursor.expectString()) };
  }
  if (cursor.accept('DROP', 'DEFAULT'))
    return { kind: 'set_default', position, table, column, default: null };
  if (cursor.accept('SET', 'DEFAULT')) {
    return { kind: 'set_default', position, table, column, default: cursor.sliceUntil(() => false) };
  }
  return cursor.accept('DROP', 'NOT', 'NULL')
    ? { kind: 'drop_not_null', position, table, column }
    : undefined;
}

/** A column of the table itself; a field inside a struct is another thing and is refused by name. */
function oneColumn(cursor: Cursor): string {
  const column = identifier(cursor);
  if (cursor.isSymbol('.')) throw unsupported('altering a field inside a column');
  return column;
}

function addColumns(cursor: Cursor, position: number, table: readonly string[]): Statement {
  const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
  const one = () => {
    const added = column(cursor);
    if (cursor.accept('FIRST')) return { ...added, place: 'first' as const };
    return cursor.accept('AFTER') ? { ...added, place: { after: identifier(cursor) } } : added;
  };
  const columns = cursor.isSymbol('(') ? cursor.list(one) : separated(cursor, one);
  return { kind: 'add_columns', position, table, columns, ifNotExists };
}

function separated<Item>(cursor: Cursor, item: () => Item): Item[] {
  const items = [item()];
  while (cursor.acceptSymbol(',')) items.push(item());
  return items;
}

/** Other alterations are named when they begin like one, else a syntax error. */
function refuse(cursor: Cursor, object: SecurableWord) {
  const word = cursor.peek().kind === 'word' ? cursor.peek().text.toUpperCase() : '';
  const starts =
    'ADD ALTER CHANGE CLUSTER DROP RENAME REPLACE SET UNSET TYPE COMMENT RECOVER ENABLE DISABLE AS';
  return starts.split(' ').includes(word) || cursor.behind === 0
    ? unsupported(`ALTER ${object} ... ${word}`)
    : cursor.unexpected();
}
