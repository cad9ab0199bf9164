import { startsQuery } from './clauses.ts';
import type { Statement } from './contract.ts';
import type { Cursor } from './cursor.ts';
import { unsupported } from './errors.ts';
import { identifier, name, principal, securable } from './names.ts';
import { dropVariable } from './variables.ts';

type Of<Kind> = Extract<Statement, { kind: Kind }>;

/** Everything after `DROP`. */
export function drop(cursor: Cursor, position: number): Of<'drop' | 'drop_variable'> {
  const variables = [['TEMPORARY', 'VARIABLE'], ['TEMPORARY', 'VAR'], ['VARIABLE'], ['VAR']];
  if (variables.some((words) => cursor.accept(...words))) return dropVariable(cursor, position);
  const objects = ['CATALOG', 'SCHEMA', 'DATABASE', 'TABLE', 'VIEW', 'FUNCTION', 'VOLUME'] as const;
  const word = objects.find((candidate) => cursor.accept(candidate));
  if (word === undefined) {
    const known =
      'POLICY GOVERNED MATERIALIZED TEMPORARY CONNECTION SHARE RECIPIENT PROVIDER EXTERNAL STORAGE';
    const given = cursor.peek().kind === 'word' ? cursor.peek().text.toUpperCase() : '';
    if (`${known} CREDENTIAL GROUP USER VARIABLE PROCEDURE SERVICE BLOOMFILTER`.split(' ').includes(given)) {
      throw unsupported(`DROP ${given}`);
    }
    throw cursor.unexpected();
  }
  const ifExists = cursor.accept('IF', 'EXISTS');
  const target = name(cursor);
  const cascade = cursor.accept('CASCADE');
  if (!cascade) cursor.accept('RESTRICT');
  if (cursor.isWords('PURGE')) throw unsupported('DROP ... PURGE');
  cursor.finish();
  const object = word === 'DATABASE' ? 'schema' : lowerObject[word];
  return { kind: 'drop', position, object, name: target, ifExists, cascade };
}

const lowerObject = {
  CATALOG: 'catalog',
  SCHEMA: 'schema',
  TABLE: 'table',
  VIEW: 'view',
  FUNCTION: 'function',
  VOLUME: 'volume',
} as const;

/** Everything after `GRANT` or `REVOKE`. */
export function grant(cursor: Cursor, position: number, kind: 'grant' | 'revoke'): Of<'grant' | 'revoke'> {
  const privileges = [privilege(cursor)];
  while (cursor.acceptSymbol(',')) privileges.push(privilege(cursor));
  cursor.expect('ON');
  const on = securable(cursor);
  cursor.expect(kind === 'grant' ? 'TO' : 'FROM');
  const to = principal(cursor);
  cursor.finish();
  return { kind, position, privileges, ...on, principal: to };
}

function privilege(cursor: Cursor): string {
  const words: string[] = [];
  while (cursor.peek().kind === 'word' && !cursor.isWords('ON')) words.push(cursor.next().text.toUpperCase());
  if (words.length === 0 || words.length > 4) throw cursor.unexpected();
  return words.join(' ');
}

/** Everything after `SHOW`. */
export function show(cursor: Cursor, position: number): Of<'show' | 'show_grants'> {
  if (cursor.acceptAny('GRANTS', 'GRANT')) {
    const who = cursor.isWords('ON') ? null : principal(cursor);
    cursor.expect('ON');
    const on = securable(cursor);
    cursor.finish();
    return { kind: 'show_grants', position, principal: who, ...on };
  }
  if (cursor.accept('COLUMNS')) return showColumns(cursor, position);
  if (cursor.isWordAt(0, 'ALL', 'SYSTEM') && cursor.isWordAt(1, 'FUNCTIONS')) {
    throw unsupported(`SHOW ${cursor.peek().text.toUpperCase()} FUNCTIONS`);
  }
  if (cursor.isWords('USER', 'FUNCTIONS')) cursor.next();
  const word = cursor.acceptAny(
    'CATALOGS',
    'SCHEMAS',
    'DATABASES',
    'TABLES',
    'VIEWS',
    'FUNCTIONS',
    'VOLUMES',
  );
  const what = word === undefined ? undefined : listed[word];
  if (what === undefined) throw unknownShow(cursor);
  const inside = what !== 'catalogs' && cursor.acceptAny('IN', 'FROM') ? name(cursor) : null;
  const like = cursor.accept('LIKE') || cursor.peek().kind === 'string' ? cursor.expectString() : null;
  cursor.finish();
  return { kind: 'show', position, what, in: inside, like };
}

const listed: Record<string, Of<'show'>['what']> = {
  CATALOGS: 'catalogs',
  SCHEMAS: 'schemas',
  DATABASES: 'schemas',
  TABLES: 'tables',
  VIEWS: 'views',
  FUNCTIONS: 'functions',
  VOLUMES: 'volumes',
};

function unknownShow(cursor: Cursor) {
  const known = 'CREATE TBLPROPERTIES PARTITIONS POLICIES EFFECTIVE GOVERNED GROUPS USERS SHARES RECIPIENTS';
  const more =
    'PROVIDERS CONNECTIONS EXTERNAL STORAGE CREDENTIALS TABLE ROLES CURRENT CACHED LOCATIONS PROCEDURES';
  const given = cursor.peek().kind === 'word' ? cursor.peek().text.toUpperCase() : '';
  return `${known} ${more}`.split(' ').includes(given) ? unsupported(`SHOW ${given}`) : cursor.unexpected();
}

/** `SHOW COLUMNS IN t [IN s]`: the schema may be named apart. */
function showColumns(cursor: Cursor, position: number): Of<'show'> {
  if (!cursor.acceptAny('IN', 'FROM')) throw cursor.unexpected("missing 'IN'");
  const table = name(cursor);
  const apart = cursor.acceptAny('IN', 'FROM') ? name(cursor) : [];
  if (apart.length > 0 && table.length > 1) throw cursor.unexpected();
  cursor.finish();
  return { kind: 'show', position, what: 'columns', in: [...apart, ...table], like: null };
}

/** Everything after `DESCRIBE` or `DESC`. */
export function describe(cursor: Cursor, position: number): Of<'describe' | 'describe_history'> {
  const others = 'FUNCTION SCHEMA DATABASE CATALOG QUERY DETAIL VOLUME POLICY GOVERNED CONNECTION SHARE';
  const given = cursor.peek().kind === 'word' ? cursor.peek().text.toUpperCase() : '';
  const follows = cursor.peek(1).kind === 'word' || cursor.peek(1).kind === 'quoted';
  if (follows && given === 'HISTORY') {
    cursor.next();
    const table = name(cursor);
    cursor.finish();
    return { kind: 'describe_history', position, table };
  }
  if (follows && `${others} EXTERNAL STORAGE CREDENTIAL RECIPIENT PROVIDER`.split(' ').includes(given)) {
    throw unsupported(`DESCRIBE ${given}`);
  }
  if (startsQuery(cursor) && !cursor.isWords('TABLE')) throw unsupported('DESCRIBE of a query');
  cursor.accept('TABLE');
  const ends = (ahead: number) => ['word', 'quoted'].includes(cursor.peek(ahead).kind);
  const extended = ends(1) && cursor.acceptAny('EXTENDED', 'FORMATTED') !== undefined;
  const table = name(cursor);
  if (cursor.isWords('AS', 'JSON')) throw unsupported('DESCRIBE ... AS JSON');
  if (cursor.isWords('PARTITION')) throw unsupported('DESCRIBE ... PARTITION');
  if (ends(0)) throw unsupported('DESCRIBE of a single column');
  cursor.finish();
  return { kind: 'describe', position, table, extended };
}

/** Everything after `USE`, or `SET` for SET CATALOG. */
export function use(cursor: Cursor, position: number): Of<'use'> {
  const named = (ahead: number) =>
    ['word', 'quoted', 'string'].includes(cursor.peek(ahead).kind) && !cursor.isSymbol('.', ahead);
  if (cursor.isWords('CATALOG') && named(1)) {
    cursor.next();
    // `USE CATALOG 'name'` is allowed (docs: USE CATALOG).
    const catalog = cursor.peek().kind === 'string' ? cursor.next().value : identifier(cursor);
    cursor.finish();
    return { kind: 'use', position, what: 'catalog', name: [catalog] };
  }
  if (cursor.isWordAt(0, 'SCHEMA', 'DATABASE') && named(1)) cursor.next();
  const target = name(cursor);
  if (target.length > 2) throw cursor.unexpected();
  cursor.finish();
  return { kind: 'use', position, what: 'schema', name: target };
}

/** Everything after `INSERT`. */
export function insert(cursor: Cursor, position: number): Of<'insert'> {
  const mode = cursor.acceptAny('INTO', 'OVERWRITE');
  if (mode === undefined) throw cursor.unexpected("missing 'INTO'");
  if (cursor.isWords('DIRECTORY') || cursor.isWords('LOCAL')) throw unsupported('INSERT OVERWRITE DIRECTORY');
  if (cursor.isWords('TABLE') && !cursor.isSymbol('.', 1)) cursor.next();
  const target = name(cursor);
  for (const clause of ['PARTITION', 'REPLACE', 'WITH SCHEMA']) {
    if (cursor.isWords(...clause.split(' '))) throw unsupported(`INSERT ... ${clause}`);
  }
  const byName = cursor.accept('BY', 'NAME');
  const columns =
    !byName && cursor.isSymbol('(') && !startsQuery(cursor, 1) ? cursor.list(() => identifier(cursor)) : null;
  if (cursor.isWords('FROM')) throw unsupported('a query that begins with FROM');
  if (!startsQuery(cursor)) throw cursor.unexpected();
  const source = cursor.restText();
  return { kind: 'insert', position, target, columns, overwrite: mode === 'OVERWRITE', byName, source };
}

/** Everything after `COMMENT ON`. */
export function commentOn(cursor: Cursor, position: number): Of<'comment'> {
  const onColumn = cursor.accept('COLUMN');
  const on = onColumn ? columnOf(cursor) : { ...securable(cursor), column: null };
  cursor.expect('IS');
  const comment = cursor.accept('NULL') ? null : cursor.expectString();
  cursor.finish();
  return { kind: 'comment', position, ...on, comment };
}

/** Everything after `SET TAG ON` and `UNSET TAG ON`: `COLUMN c.s.t.x key [= value]`. */
export function tagOn(cursor: Cursor, position: number, set: boolean): Of<'set_tags' | 'unset_tags'> {
  const on = cursor.accept('COLUMN') ? columnOf(cursor) : { ...securable(cursor), column: null };
  const word = () => (cursor.peek().kind === 'string' ? cursor.expectString() : identifier(cursor));
  const key = word();
  if (!set) {
    cursor.finish();
    return { kind: 'unset_tags', position, ...on, keys: [key] };
  }
  const value = cursor.acceptSymbol('=') ? word() : '';
  cursor.finish();
  return { kind: 'set_tags', position, ...on, tags: [{ key, value }] };
}

/** A column with its table in front: `t.c` to `catalog.schema.t.c`. */
function columnOf(cursor: Cursor): { object: 'TABLE'; name: string[]; column: string } {
  const parts = [identifier(cursor)];
  while (cursor.acceptSymbol('.')) parts.push(identifier(cursor));
  const column = parts.pop();
  if (column === undefined || parts.length === 0 || parts.length > 3) throw cursor.unexpected();
  return { object: 'TABLE', name: parts, column };
}
