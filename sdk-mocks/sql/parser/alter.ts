import { filterClause, maskClause } from './clauses.ts';
import type { SecurableWord, Statement } from './contract.ts';
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
  const statement = object === 'TABLE' ? alterTable(cursor, position, target) : undefined;
  if (statement === undefined) throw refuse(cursor, object);
  cursor.finish();
  return statement;
}

function alterTable(cursor: Cursor, position: number, table: readonly string[]): Statement | undefined {
  if (cursor.accept('SET', 'ROW', 'FILTER')) {
    return { kind: 'set_row_filter', position, table, ...filterClause(cursor) };
  }
  if (cursor.accept('DROP', 'ROW', 'FILTER')) return { kind: 'drop_row_filter', position, table };
  if (!cursor.isWords('ALTER')) return undefined;
  // `ALTER COLUMN column ...` and a column that is itself called column.
  cursor.next();
  if (cursor.isWords('COLUMN') && !cursor.isWordAt(1, 'SET', 'DROP')) cursor.next();
  const column = identifier(cursor);
  if (cursor.accept('SET', 'MASK')) {
    return { kind: 'set_mask', position, table, column, mask: maskClause(cursor) };
  }
  return cursor.accept('DROP', 'MASK') ? { kind: 'drop_mask', position, table, column } : undefined;
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
