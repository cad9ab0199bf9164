import { governedTag, policyStatement } from './abac.ts';
import { alter } from './alter.ts';
import { change } from './change.ts';
import { startsQuery } from './clauses.ts';
import type { ParseStatement, Statement } from './contract.ts';
import { create } from './create.ts';
import { Cursor } from './cursor.ts';
import { unsupported } from './errors.ts';
import { name } from './names.ts';
import { commentOn, describe, drop, grant, insert, show, tagOn, use } from './other.ts';
import { parameterStatement } from './parameters.ts';
import { restore } from './restore.ts';
import { variableStatement } from './variables.ts';

/** Statements of Databricks SQL that Brickbox does not run (yet): refused by name. Longest first. */
const knownOthers = [
  'COPY INTO',
  'EXECUTE IMMEDIATE',
  'OPTIMIZE',
  'VACUUM',
  'DECLARE',
  'BEGIN',
  'CALL',
  'REFRESH',
  'ANALYZE',
  'CACHE',
  'UNCACHE',
  'CLEAR',
  'MSCK',
  'REPAIR',
  'DENY',
  'UNDROP',
  'SYNC',
  'LIST',
  'PUT',
  'GET',
  'REMOVE',
  'LOAD',
  'REORG',
  'FSCK',
  'CONVERT',
  'REPLACE',
  'ADD',
  'MAP',
  'REDUCE',
  'COMMIT',
  'ROLLBACK',
  'UNSET',
];

/**
 * Parses exactly one statement (a trailing semicolon is fine).
 * @throws SqlError PARSE_SYNTAX_ERROR (42601) with the place, or UNSUPPORTED_FEATURE naming the statement.
 */
export const parseStatement: ParseStatement = (text, constants) => {
  const cursor = new Cursor(text, constants);
  const position = cursor.position;
  if (cursor.isSymbol('(') || cursor.isWordAt(0, 'SELECT', 'VALUES', 'WITH', 'FROM'))
    return query(cursor, position);
  if (cursor.isWords('TABLE')) return tableQuery(cursor, position);
  const governance = policyStatement(cursor, position) ?? governedTag(cursor, position);
  if (governance) return governance;
  if (cursor.accept('CREATE')) return create(cursor, position);
  if (cursor.accept('ALTER')) return alter(cursor, position);
  if (cursor.accept('DROP')) return drop(cursor, position);
  if (cursor.accept('INSERT')) return insert(cursor, position);
  if (cursor.accept('GRANT')) return grant(cursor, position, 'grant');
  if (cursor.accept('REVOKE')) return grant(cursor, position, 'revoke');
  if (cursor.accept('SHOW')) return show(cursor, position);
  if (cursor.accept('EXPLAIN')) return explain(cursor, position);
  if (cursor.acceptAny('DESCRIBE', 'DESC')) return describe(cursor, position);
  if (cursor.accept('USE')) return use(cursor, position);
  if (cursor.accept('RESTORE')) return restore(cursor, position);
  if (cursor.isWords('SET', 'CATALOG')) {
    cursor.next();
    return use(cursor, position);
  }
  if (cursor.accept('COMMENT', 'ON')) return commentOn(cursor, position);
  if (cursor.accept('SET', 'TAG', 'ON')) return tagOn(cursor, position, true);
  if (cursor.accept('UNSET', 'TAG', 'ON')) return tagOn(cursor, position, false);
  const variables = variableStatement(cursor, position);
  if (variables) return variables;
  const changed = change(cursor, position);
  if (changed) return changed;
  const parameter = parameterStatement(cursor, position);
  if (parameter) return parameter;
  const known = knownOthers.find((words) => cursor.isWords(...words.split(' ')));
  if (known !== undefined) throw unsupported(known);
  throw cursor.unexpected();
};

/** EXPLAIN of a query; of a write it is refused, so that nobody thinks it was tried. */
function explain(cursor: Cursor, position: number): Statement {
  cursor.acceptAny('EXTENDED', 'CODEGEN', 'COST', 'FORMATTED');
  if (!startsQuery(cursor)) throw unsupported('EXPLAIN of a statement that is no query');
  return { kind: 'explain', position, query: cursor.restText() };
}

/** A query keeps its text; a WITH that leads into a write is not one. */
function query(cursor: Cursor, position: number): Statement {
  if (cursor.isWords('WITH')) refuseWrite(cursor);
  return { kind: 'query', position, text: cursor.restText() };
}

/** `WITH x AS (...) INSERT ...`: the first keyword after the last common table expression decides. */
function refuseWrite(cursor: Cursor): void {
  let depth = 0;
  for (let ahead = 0; cursor.peek(ahead).kind !== 'end'; ahead += 1) {
    if (cursor.isSymbol('(', ahead)) depth += 1;
    if (cursor.isSymbol(')', ahead)) depth -= 1;
    const after = ahead > 0 && cursor.isSymbol(')', ahead - 1);
    if (depth !== 0 || !after) continue;
    if (cursor.isWordAt(ahead, 'SELECT', 'VALUES', 'TABLE')) return;
    for (const word of ['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'FROM', 'MAP', 'REDUCE']) {
      if (cursor.isWordAt(ahead, word)) throw unsupported(`WITH ... ${word}`);
    }
  }
}

/** `TABLE t` is `SELECT * FROM t` (docs: SELECT, TABLE). Anything more after it is left out of the sandbox. */
function tableQuery(cursor: Cursor, position: number): Statement {
  cursor.next();
  const start = cursor.position;
  name(cursor);
  const text = `SELECT * FROM ${cursor.text.slice(start, cursor.behind)}`;
  if (!cursor.atEnd && !cursor.isSymbol(';')) throw unsupported('TABLE t followed by more');
  cursor.finish();
  return { kind: 'query', position, text };
}
