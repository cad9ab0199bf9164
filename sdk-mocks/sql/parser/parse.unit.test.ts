import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SqlError } from '../../../emulator/core/index.ts';
import { parseStatement, parseType, tokenize } from './index.ts';

const failure = (text: string): SqlError => {
  try {
    parseStatement(text);
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
  throw new Error(`parsed: ${text}`);
};

describe('queries keep their text', () => {
  test.each([
    'SELECT 1',
    "WITH a AS (SELECT ')') SELECT * FROM a",
    'VALUES (1), (2)',
    '(SELECT 1) UNION (SELECT 2)',
    'SELECT "a;b", `c;d` -- ; not the end',
    "SELECT /* nested /* ; */ comment */ r'\\' , $$ ; $$",
  ])('%s', (text) => {
    expect(parseStatement(text)).toMatchObject({ kind: 'query' });
  });

  test('comments around and one semicolon are left out', () => {
    expect(parseStatement('  -- hello\n SELECT 1 /* x */ + 2 ; -- done\n')).toEqual({
      kind: 'query',
      position: 12,
      text: 'SELECT 1 /* x */ + 2',
    });
  });

  test('TABLE t is a query over all of t', () => {
    expect(parseStatement('TABLE main.`s x`.t;')).toEqual({
      kind: 'query',
      position: 0,
      text: 'SELECT * FROM main.`s x`.t',
    });
  });
});

describe('one statement, refused by name', () => {
  test.each([
    ['FRM t', "Syntax error at or near 'FRM'.", 'PARSE_SYNTAX_ERROR'],
    ['PRAGMA x', "Syntax error at or near 'PRAGMA'.", 'PARSE_SYNTAX_ERROR'],
    ['', 'Syntax error at or near end of input.', 'PARSE_SYNTAX_ERROR'],
    ['SELECT 1; SELECT 2', "Syntax error at or near 'SELECT': extra input 'SELECT'.", 'PARSE_SYNTAX_ERROR'],
    ['CREATE TABEL t (a INT)', "Syntax error at or near 'TABEL'.", 'PARSE_SYNTAX_ERROR'],
    ['CREATE TABLE t (a INT', "Syntax error at or near end of input: missing ')'.", 'PARSE_SYNTAX_ERROR'],
    ['OPTIMIZE t', 'OPTIMIZE', 'UNSUPPORTED_FEATURE'],
    ['VACUUM t', 'VACUUM', 'UNSUPPORTED_FEATURE'],
    ["COPY INTO t FROM '/x'", 'COPY INTO', 'UNSUPPORTED_FEATURE'],
    ['MERGE WITH SCHEMA EVOLUTION INTO t USING s ON true', 'MERGE', 'UNSUPPORTED_FEATURE'],
    ['UPDATE t SET a = 1 FROM s', 'UPDATE', 'UNSUPPORTED_FEATURE'],
    ['DELETE FROM t USING s', 'DELETE', 'UNSUPPORTED_FEATURE'],
    ['BEGIN SELECT 1; END', 'BEGIN', 'UNSUPPORTED_FEATURE'],
    ['CREATE GROUP g', 'CREATE GROUP', 'UNSUPPORTED_FEATURE'],
    ['CREATE MATERIALIZED VIEW v AS SELECT 1', 'CREATE MATERIALIZED VIEW', 'UNSUPPORTED_FEATURE'],
    ['WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a', 'WITH ... INSERT', 'UNSUPPORTED_FEATURE'],
    ['ALTER TABLE t CLUSTER BY (a)', 'ALTER TABLE ... CLUSTER', 'UNSUPPORTED_FEATURE'],
    ['CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $$ x $$', 'PYTHON', 'UNSUPPORTED_FEATURE'],
    ['GRANT SELECT ON SHARE s TO x', 'a grant on SHARE', 'UNSUPPORTED_FEATURE'],
    ['CREATE TABLE t (a FOO)', 'Unsupported data type "FOO"', 'UNSUPPORTED_DATATYPE'],
    ['USE CATALOG my-catalog', 'must be back quoted as: `my-catalog`', 'INVALID_IDENTIFIER'],
    ['DROP TABLE a.b.c.d', 'more than 3 name parts', 'IDENTIFIER_TOO_MANY_NAME_PARTS'],
    ['SELECT /* open', 'unclosed bracketed comment', 'UNCLOSED_BRACKETED_COMMENT'],
    ["SELECT 'open", 'does not end', 'PARSE_SYNTAX_ERROR'],
  ])('%s', (text, message, errorClass) => {
    const error = failure(text);
    expect(error.errorClass).toBe(errorClass);
    expect(error.text).toContain(message);
  });

  test('the place is printed as Spark prints it', () => {
    expect(failure('CREATE\n  TABEL t\nx').message).toBe(
      "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'TABEL'. SQLSTATE: 42601 (line 2, pos 2)\n\n== SQL ==\nCREATE\n  TABEL t\n--^^^\nx",
    );
  });
});

describe('row filters and masks', () => {
  test('set, with columns and every literal', () => {
    expect(
      parseStatement(
        "ALTER TABLE t SET ROW FILTER s.f ON (a, `b c`, 'x', -1.5, TRUE, NULL, INTERVAL '1' DAY)",
      ),
    ).toEqual({
      kind: 'set_row_filter',
      position: 0,
      table: ['t'],
      function: ['s', 'f'],
      on: [
        { column: 'a' },
        { column: 'b c' },
        { literal: "'x'" },
        { literal: '-1.5' },
        { literal: 'TRUE' },
        { literal: 'NULL' },
        { literal: "INTERVAL '1' DAY" },
      ],
    });
  });

  test('an empty list, and dropping', () => {
    expect(parseStatement('ALTER TABLE t SET ROW FILTER f ON ()')).toMatchObject({ on: [] });
    expect(parseStatement('ALTER TABLE a.t DROP ROW FILTER')).toMatchObject({ kind: 'drop_row_filter' });
  });

  test('masks with and without COLUMN and USING COLUMNS', () => {
    expect(parseStatement('ALTER TABLE t ALTER COLUMN c SET MASK f')).toMatchObject({
      kind: 'set_mask',
      column: 'c',
      mask: { function: ['f'], using: [] },
    });
    expect(parseStatement("ALTER TABLE t ALTER c SET MASK a.b.f USING COLUMNS (d, 'x')")).toMatchObject({
      column: 'c',
      mask: { function: ['a', 'b', 'f'], using: [{ column: 'd' }, { literal: "'x'" }] },
    });
    expect(parseStatement('ALTER TABLE t ALTER COLUMN c DROP MASK')).toMatchObject({ kind: 'drop_mask' });
    expect(failure('ALTER TABLE t ALTER c SET MASK f USING COLUMNS (t.d)').errorClass).toBe(
      'ROW_COLUMN_ACCESS.ASSIGNED_COLUMN_MASK_MULTI_PART_USING_COLUMN_NAME',
    );
  });

  test('at creation', () => {
    expect(
      parseStatement(
        "CREATE TABLE t (a STRING MASK m USING COLUMNS (b) COMMENT 'x', b INT NOT NULL) WITH ROW FILTER f ON (b)",
      ),
    ).toMatchObject({
      columns: [
        { name: 'a', type: 'STRING', comment: 'x', mask: { function: ['m'], using: [{ column: 'b' }] } },
        { name: 'b', type: 'INT', nullable: false },
      ],
      rowFilter: { function: ['f'], on: [{ column: 'b' }] },
    });
  });
});

describe('CREATE', () => {
  test('TABLE with all that is taken', () => {
    expect(
      parseStatement(`CREATE TABLE IF NOT EXISTS main.s.t (
        id BIGINT NOT NULL, amount NUMERIC(10, 2) DEFAULT coalesce(1, 2) COMMENT 'how much',
        tags ARRAY<STRUCT<a: INT, \`b c\` STRING>>, m MAP<STRING, ARRAY<INT>>, v VARCHAR(10),
        CONSTRAINT pk PRIMARY KEY (id) RELY
      ) USING DELTA PARTITIONED BY (id) TBLPROPERTIES ('a' = 'b') COMMENT 'orders'`),
    ).toEqual({
      kind: 'create_table',
      position: 0,
      ifNotExists: true,
      orReplace: false,
      name: ['main', 's', 't'],
      columns: [
        { name: 'id', type: 'BIGINT', nullable: false },
        {
          name: 'amount',
          type: 'DECIMAL(10,2)',
          nullable: true,
          default: 'coalesce(1, 2)',
          comment: 'how much',
        },
        { name: 'tags', type: 'ARRAY<STRUCT<a: INT, `b c`: STRING>>', nullable: true },
        { name: 'm', type: 'MAP<STRING, ARRAY<INT>>', nullable: true },
        { name: 'v', type: 'VARCHAR(10)', nullable: true },
      ],
      comment: 'orders',
    });
  });

  test('TABLE AS', () => {
    expect(parseStatement('CREATE OR REPLACE TABLE t COMMENT "x" AS SELECT * FROM u;')).toMatchObject({
      orReplace: true,
      columns: null,
      comment: 'x',
      asQuery: 'SELECT * FROM u',
    });
  });

  test('VIEW with column comments', () => {
    expect(
      parseStatement("CREATE VIEW v (a COMMENT 'x', b) COMMENT 'y' TBLPROPERTIES ('k' = 'v') AS SELECT 1, 2"),
    ).toMatchObject({
      columns: [{ name: 'a', comment: 'x' }, { name: 'b' }],
      comment: 'y',
      query: 'SELECT 1, 2',
    });
  });

  test('FUNCTION with everything of the grammar', () => {
    expect(
      parseStatement(
        "CREATE OR REPLACE FUNCTION main.s.f(a STRING COMMENT 'x', b INT DEFAULT (1 + 2)) RETURNS BOOLEAN LANGUAGE SQL DETERMINISTIC COMMENT 'y' READS SQL DATA SQL SECURITY DEFINER RETURN a = 'x' OR EXISTS (SELECT 1)",
      ),
    ).toMatchObject({
      kind: 'create_function',
      orReplace: true,
      parameters: [
        { name: 'a', type: 'STRING', comment: 'x' },
        { name: 'b', type: 'INT', default: '(1 + 2)' },
      ],
      returns: 'BOOLEAN',
      returnsTable: null,
      comment: 'y',
      body: "a = 'x' OR EXISTS (SELECT 1)",
    });
    expect(
      parseStatement("CREATE FUNCTION f() RETURNS TABLE (a INT COMMENT 'x') RETURN SELECT 1"),
    ).toMatchObject({
      returns: null,
      returnsTable: [{ name: 'a', type: 'INT', nullable: true, comment: 'x' }],
      body: 'SELECT 1',
    });
  });

  test('CATALOG and SCHEMA', () => {
    expect(parseStatement("CREATE CATALOG IF NOT EXISTS c COMMENT 'x'")).toMatchObject({
      kind: 'create_catalog',
      name: 'c',
      ifNotExists: true,
      comment: 'x',
    });
    expect(parseStatement("CREATE DATABASE a.b WITH DBPROPERTIES (x = 'y')")).toMatchObject({
      kind: 'create_schema',
      name: ['a', 'b'],
    });
  });
});

describe('rights', () => {
  test.each([
    ['GRANT SELECT, MODIFY ON TABLE a.b.c TO `x@y.z`', ['SELECT', 'MODIFY'], 'TABLE', 'a.b.c', 'x@y.z'],
    ['GRANT SELECT ON a.b.c TO grp', ['SELECT'], 'TABLE', 'a.b.c', 'grp'],
    [
      'GRANT ALL PRIVILEGES ON CATALOG c TO `account users`',
      ['ALL PRIVILEGES'],
      'CATALOG',
      'c',
      'account users',
    ],
    ['GRANT USE SCHEMA ON DATABASE c.s TO g', ['USE SCHEMA'], 'SCHEMA', 'c.s', 'g'],
    ['GRANT EXECUTE ON FUNCTION c.s.f TO g', ['EXECUTE'], 'FUNCTION', 'c.s.f', 'g'],
    ['GRANT READ VOLUME ON VOLUME c.s.v TO g', ['READ VOLUME'], 'VOLUME', 'c.s.v', 'g'],
    ['GRANT CREATE CATALOG ON METASTORE TO g', ['CREATE CATALOG'], 'METASTORE', '', 'g'],
  ])('%s', (text, privileges, object, name, principal) => {
    expect(parseStatement(text)).toEqual({
      kind: 'grant',
      position: 0,
      privileges,
      object,
      name: name === '' ? [] : name.split('.'),
      principal,
    });
  });

  test('REVOKE, SHOW GRANTS and owners', () => {
    expect(parseStatement('revoke select on view v from g')).toMatchObject({
      kind: 'revoke',
      object: 'VIEW',
    });
    expect(parseStatement('SHOW GRANTS `a@b.c` ON SCHEMA x.y')).toMatchObject({
      kind: 'show_grants',
      principal: 'a@b.c',
      object: 'SCHEMA',
    });
    expect(parseStatement('SHOW GRANTS ON METASTORE')).toMatchObject({
      principal: null,
      object: 'METASTORE',
    });
    expect(parseStatement('ALTER TABLE t SET OWNER TO `a@b.c`')).toMatchObject({
      kind: 'set_owner',
      owner: 'a@b.c',
    });
    expect(parseStatement('ALTER SCHEMA s OWNER TO g')).toMatchObject({ object: 'SCHEMA', owner: 'g' });
  });
});

test.each([
  ['INSERT INTO t VALUES (1)', { columns: null, overwrite: false, byName: false, source: 'VALUES (1)' }],
  ['INSERT INTO TABLE a.t (x, `y`) SELECT 1, 2', { target: ['a', 't'], columns: ['x', 'y'] }],
  ['INSERT INTO t (SELECT 1)', { columns: null, source: '(SELECT 1)' }],
  ['INSERT OVERWRITE t BY NAME SELECT 1 AS a', { overwrite: true, byName: true, source: 'SELECT 1 AS a' }],
  ['USE CATALOG c', { what: 'catalog', name: ['c'] }],
  ['SET CATALOG c', { what: 'catalog', name: ['c'] }],
  ['USE s', { what: 'schema', name: ['s'] }],
  ['USE SCHEMA c.s', { what: 'schema', name: ['c', 's'] }],
  ['SHOW CATALOGS LIKE "m*"', { what: 'catalogs', like: 'm*' }],
  ['SHOW DATABASES IN c', { what: 'schemas', in: ['c'] }],
  ["SHOW TABLES FROM c.s LIKE 'a|b'", { what: 'tables', in: ['c', 's'], like: 'a|b' }],
  ['SHOW COLUMNS IN t IN c.s', { what: 'columns', in: ['c', 's', 't'] }],
  ['SHOW USER FUNCTIONS IN s', { what: 'functions', in: ['s'] }],
  ['DESC t', { kind: 'describe', table: ['t'], extended: false }],
  ['DESCRIBE TABLE EXTENDED a.b.t', { kind: 'describe', table: ['a', 'b', 't'], extended: true }],
  ['DROP SCHEMA IF EXISTS s CASCADE', { object: 'schema', ifExists: true, cascade: true }],
  ['DROP DATABASE s RESTRICT', { object: 'schema', ifExists: false, cascade: false }],
])('%s', (text, expected) => {
  expect(parseStatement(text)).toMatchObject(expected);
});

test('types in Spark form', () => {
  expect(parseType('struct<a: decimal, b: interval day to second NOT NULL>')).toBe(
    'STRUCT<a: DECIMAL(10,0), b: INTERVAL DAY TO SECOND NOT NULL>',
  );
  expect(() => parseType('DECIMAL(39)')).toThrow('exceeds max precision');
  expect(() => parseType('VARCHAR')).toThrow('requires a length parameter');
});

describe('tokens', () => {
  const kinds = (text: string) => tokenize(text).map(({ kind, value }) => `${kind} ${value}`.trim());

  test('strings and their escapes', () => {
    expect(tokenize("'a''b\\n\\u0041\\%\\x' \"q\"\"q\" r'\\n' $$a'b$$").map((token) => token.value)).toEqual([
      "a'b\nA\\%x",
      'q"q',
      '\\n',
      "a'b",
      '',
    ]);
  });

  test('parameters, casts and paths are told apart', () => {
    expect(kinds('a = :p AND b IN (:q, ?) AND c:d::int AND :e::int')).toEqual([
      'word a',
      'symbol =',
      'parameter p',
      'word AND',
      'word b',
      'word IN',
      'symbol (',
      'parameter q',
      'symbol ,',
      'parameter',
      'symbol )',
      'word AND',
      'word c',
      'symbol :',
      'word d',
      'symbol ::',
      'word int',
      'word AND',
      'parameter e',
      'symbol ::',
      'word int',
      'end',
    ]);
  });

  test('numbers and names that begin with digits', () => {
    expect(kinds('1 1.5 .5 1e3 2L 3.0BD 1a t.5')).toEqual([
      'number 1',
      'number 1.5',
      'number .5',
      'number 1e3',
      'number 2L',
      'number 3.0BD',
      'word 1a',
      'word t',
      'symbol .',
      'number 5',
      'end',
    ]);
  });

  test('a backslash carries a line comment on', () => {
    expect(kinds('1 -- x \\\n 2\n 3')).toEqual(['number 1', 'number 3', 'end']);
  });
});

describe('nothing but SqlError comes out', () => {
  const words = fc.constantFrom(
    ..."CREATE OR REPLACE TABLE VIEW FUNCTION IF NOT EXISTS ( ) , . ; AS SELECT WITH ROW FILTER ON MASK USING COLUMNS ALTER COLUMN SET DROP GRANT REVOKE TO FROM SHOW GRANTS DESCRIBE EXTENDED USE CATALOG INSERT INTO VALUES a `b` 'c' 1 -1 INT STRUCT < > : DEFAULT COMMENT RETURNS RETURN INTERVAL /* */ -- $$ \" ` ' \\ :p ? \n CONSTRAINT PRIMARY KEY".split(
      ' ',
    ),
  );
  const holds = (text: string) => {
    try {
      parseStatement(text);
    } catch (error) {
      expect(error).toBeInstanceOf(SqlError);
    }
  };

  test('for words of the grammar in any order', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (list) => holds(list.join(' '))),
      {
        numRuns: 3000,
      },
    );
  });

  test('for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), holds), { numRuns: 2000 });
  });

  test('tokens cover the text in order, with only blanks and comments between', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), (list) => {
        const text = list.join(' ');
        let at = 0;
        try {
          for (const token of tokenize(text)) {
            expect(token.start).toBeGreaterThanOrEqual(at);
            expect(token.text).toBe(text.slice(token.start, token.end));
            at = token.end;
          }
        } catch (error) {
          expect(error).toBeInstanceOf(SqlError);
        }
      }),
    );
  });

  test('quickly, even for long input', () => {
    const started = performance.now();
    holds(`SELECT ${'('.repeat(50_000)}`);
    holds(`SELECT ${'/*'.repeat(50_000)}`);
    holds(`CREATE TABLE t (${'a INT, '.repeat(20_000)}`);
    holds(`CREATE TABLE t (a ${'ARRAY<'.repeat(5_000)}`);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
