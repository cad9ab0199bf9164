import { expect, test } from 'vitest';
import { splitStatements } from './split.ts';

test('statements are split at semicolons outside strings and comments', () => {
  const script = `-- first; not a statement
SELECT ';' AS a, "x;y"; /* ; */

  CREATE TABLE \`a;b\` (c INT);
;
SELECT 2`;
  expect(splitStatements(script)).toEqual([
    { text: `SELECT ';' AS a, "x;y"`, position: 26 },
    { text: 'CREATE TABLE `a;b` (c INT)', position: script.indexOf('CREATE') },
    { text: 'SELECT 2', position: script.indexOf('SELECT 2') },
  ]);
});

test('a string that does not end is an error', () => {
  expect(() => splitStatements("SELECT 'oops;")).toThrow(/SQLSTATE: 42601/);
});
