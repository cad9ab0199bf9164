import { comment, literalText } from './clauses.ts';
import type { NameParts, PolicyWord, Statement } from './contract.ts';
import type { Cursor } from './cursor.ts';
import { unsupported } from './errors.ts';
import { identifier, name, principal } from './names.ts';

/** CREATE, DROP, DESCRIBE POLICY and SHOW POLICIES (docs: ABAC policies); undefined for anything else. */
export function policyStatement(cursor: Cursor, position: number): Statement | undefined {
  if (cursor.accept('CREATE', 'OR', 'REPLACE', 'POLICY')) return createPolicy(cursor, position, true);
  if (cursor.accept('CREATE', 'POLICY')) return createPolicy(cursor, position, false);
  const drops = cursor.accept('DROP', 'POLICY');
  const describes =
    !drops && namedPolicy(cursor) && (cursor.accept('DESCRIBE', 'POLICY') || cursor.accept('DESC', 'POLICY'));
  if (drops || describes) {
    const policy = identifier(cursor);
    cursor.expect('ON');
    const target = scope(cursor);
    cursor.finish();
    return { kind: drops ? 'drop_policy' : 'describe_policy', position, name: policy, ...target };
  }
  const effective = cursor.accept('SHOW', 'EFFECTIVE', 'POLICIES');
  if (!effective && !cursor.accept('SHOW', 'POLICIES')) return undefined;
  cursor.expect('ON');
  const target = scope(cursor);
  cursor.finish();
  return { kind: 'show_policies', position, effective, ...target };
}

/** `DESC policy` describes a table of that name. */
function namedPolicy(cursor: Cursor): boolean {
  return cursor.isWordAt(0, 'DESCRIBE', 'DESC') && ['word', 'quoted'].includes(cursor.peek(2).kind);
}

function scope(cursor: Cursor): { object: PolicyWord; on: NameParts } {
  if (cursor.accept('METASTORE')) return { object: 'METASTORE', on: [] };
  const word = cursor.acceptAny('CATALOG', 'SCHEMA', 'TABLE');
  if (word !== 'CATALOG' && word !== 'SCHEMA' && word !== 'TABLE') throw cursor.unexpected();
  return { object: word, on: name(cursor) };
}

function createPolicy(cursor: Cursor, position: number, orReplace: boolean): Statement {
  const policy = identifier(cursor);
  cursor.expect('ON');
  const target = scope(cursor);
  const text = comment(cursor);
  const isFilter = cursor.accept('ROW', 'FILTER');
  if (!isFilter) cursor.expect('COLUMN', 'MASK');
  const fn = name(cursor);
  cursor.expect('TO');
  const to = principals(cursor);
  if (cursor.isWords('GRANT')) throw unsupported('a GRANT policy');
  const except = cursor.accept('EXCEPT') ? principals(cursor) : [];
  cursor.expect('FOR', 'TABLES');
  const when = cursor.accept('WHEN') ? condition(cursor) : null;
  const match = cursor.accept('MATCH', 'COLUMNS') ? matchColumns(cursor) : [];
  const onColumn = cursor.accept('ON', 'COLUMN') ? identifier(cursor) : null;
  if (isFilter && onColumn !== null) throw cursor.unexpected();
  if (!isFilter && onColumn === null) throw cursor.unexpected("missing 'ON COLUMN'");
  const using = cursor.accept('USING', 'COLUMNS') ? cursor.list(() => argument(cursor)) : [];
  cursor.finish();
  return {
    kind: 'create_policy',
    position,
    name: policy,
    orReplace,
    ...target,
    ...(text === undefined ? {} : { comment: text }),
    type: isFilter ? 'ROW_FILTER' : 'COLUMN_MASK',
    function: fn,
    to,
    except,
    when,
    match,
    onColumn,
    using,
  };
}

function principals(cursor: Cursor): string[] {
  const found = [principal(cursor)];
  while (cursor.acceptSymbol(',')) found.push(principal(cursor));
  return found;
}

/** A condition runs to the next clause; what it may say is checked when the policy is made. */
function condition(cursor: Cursor): string {
  return cursor.sliceUntil(
    (at) =>
      at.isWords('MATCH', 'COLUMNS') ||
      at.isWords('ON', 'COLUMN') ||
      at.isWords('USING', 'COLUMNS') ||
      at.isSymbol(','),
  );
}

function matchColumns(cursor: Cursor): { condition: string; alias: string }[] {
  const found: { condition: string; alias: string }[] = [];
  do {
    const text = cursor.sliceUntil(
      (at) =>
        at.isSymbol(',') ||
        at.isWords('AS') ||
        at.isWords('ON', 'COLUMN') ||
        at.isWords('USING', 'COLUMNS') ||
        isAlias(at),
    );
    cursor.accept('AS');
    const named = ['word', 'quoted'].includes(cursor.peek().kind);
    const clause = cursor.isWords('ON', 'COLUMN') || cursor.isWords('USING', 'COLUMNS');
    found.push({ condition: text, alias: named && !clause ? identifier(cursor) : '' });
  } while (cursor.acceptSymbol(','));
  return found;
}

/** A name without parentheses that no operator of conditions is: the alias after a condition. */
function isAlias(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (token.kind === 'quoted') return true;
  return (
    token.kind === 'word' &&
    !cursor.isSymbol('(', 1) &&
    !cursor.isWordAt(0, 'AND', 'OR', 'NOT', 'TRUE', 'FALSE')
  );
}

function argument(cursor: Cursor): { alias: string } | { literal: string } {
  const literal = literalText(cursor);
  if (literal !== undefined) return { literal };
  if (cursor.isSymbol('(', 1)) throw unsupported(`${cursor.peek().text} in USING COLUMNS of a policy`);
  return { alias: identifier(cursor) };
}

/** CREATE, ALTER, DROP, DESCRIBE GOVERNED TAG and SHOW GOVERNED TAGS; undefined for anything else. */
export function governedTag(cursor: Cursor, position: number): Statement | undefined {
  if (cursor.accept('SHOW', 'GOVERNED', 'TAGS')) {
    cursor.finish();
    return { kind: 'show_governed_tags', position };
  }
  const verb = ['CREATE', 'ALTER', 'DROP', 'DESCRIBE', 'DESC'].find((word) =>
    cursor.accept(word, 'GOVERNED', 'TAG'),
  );
  if (verb === undefined) return undefined;
  const key = cursor.peek().kind === 'string' ? cursor.expectString() : identifier(cursor);
  if (verb === 'CREATE') {
    const text = cursor.accept('DESCRIPTION') ? cursor.expectString() : undefined;
    const values = cursor.accept('VALUES') ? cursor.list(() => cursor.expectString()) : null;
    cursor.finish();
    const description = text === undefined ? {} : { description: text };
    return { kind: 'create_governed_tag', position, key, values, ...description };
  }
  if (verb === 'ALTER') {
    cursor.expect('SET', 'VALUES');
    const values = cursor.list(() => cursor.expectString());
    cursor.finish();
    return { kind: 'alter_governed_tag', position, key, values };
  }
  cursor.finish();
  return { kind: verb === 'DROP' ? 'drop_governed_tag' : 'describe_governed_tag', position, key };
}
