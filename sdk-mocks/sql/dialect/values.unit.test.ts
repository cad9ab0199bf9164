import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWarehouseWorld, type WarehouseWorld } from '../../../test/conformance/warehouse-world.ts';
import { answerText } from '../../../test/support/answers.ts';

/** Values where the engine and Spark part: each line is a rule, with the answer the documentation or the source gives. */
const values: readonly (readonly [string, string])[] = [
  ['array_append(array(), 1)', '[1]'],
  ["array_join(array(timestamp'2024-01-02 03:04:05'), '+')", '2024-01-02 03:04:05'],
  ['aggregate(CAST(NULL AS ARRAY<INT>), 0, (a, x) -> a + x, a -> a + 1)', 'NULL'],
  ['filter(array(5, 1, 7), (x, i) -> x > i * 3)', '[5,7]'],
  ["date_format(date'2024-05-31', 'F')", '3'],
  [`from_json('[1, "2"]', 'array<int>')`, 'NULL'],
  [`from_json('[1, null]', 'array<int>')`, '[1,null]'],
  [`from_json('{"a": 1}', 'array<struct<a:int>>')`, '[{"a":1}]'],
  [`get_json_object('{"a b":{"c":[1,2]}}', '$.a b.c[1]')`, '2'],
  [`get_json_object('{"a":1}', 'a')`, 'NULL'],
  ["split('abc', NULL)", 'NULL'],
  ["split('oneAtwoBthree', '[AB]', 2)", '["one","twoBthree"]'],
  ["hex(lpad(unhex('aabb'), 5))", '000000AABB'],
  ["hex(rpad(unhex('aabb'), 5, unhex('1122')))", 'AABB112211'],
  ["hex(lpad(unhex('aabb'), 1))", 'AA'],
  ['zeroifnull(NULL)', '0'],
  ['timestamp_seconds(1700000000)', '2023-11-14 22:13:20'],
  ['timestamp_seconds(0.1234567D)', '1970-01-01 00:00:00.123456'],
  ["crc32('Spark')", '1557323817'],
  ["crc32('')", '0'],
  ['shiftrightunsigned(-1, 28)', '15'],
  ['shiftrightunsigned(CAST(-1 AS BIGINT), 60)', '15'],
  ["to_number('12,454.8-', '99,999.9S')", '-12454.8'],
  ["to_number('454', '999,999')", '454'],
  ["try_to_number('45', '000')", 'NULL'],
  ["try_to_number('$78.12', '$99.99')", '78.12'],
  ["months_between('2024-03-31 12:00:00', '2024-01-30', false) > 2.04", 'true'],
  ["struct(s.*, 1 AS z) FROM (SELECT named_struct('x', 7) AS s)", '{"x":7,"z":1}'],
  [`'it""s'`, 'it""s'],
  [`"it''s"`, "it''s"],
];

const aggregates: readonly (readonly [string, string])[] = [
  ['SELECT percentile(x, array(0.25, 0.75)) FROM VALUES (0), (10) AS t(x)', '[2.5,7.5]'],
  ['SELECT max_by(x, y, 2) FROM VALUES (1, 10), (2, 50), (3, 20) AS t(x, y)', '[2,3]'],
  [
    'SELECT percentile_disc(0.25) WITHIN GROUP (ORDER BY x DESC) FROM VALUES (1), (2), (3), (4) AS t(x)',
    '4.0',
  ],
  ["SELECT listagg(x, NULL) FROM VALUES ('a'), ('b') AS t(x)", 'ab'],
];

const errors: readonly (readonly [string, string])[] = [
  ['SELECT try_add(1, 1 / 0)', 'DIVIDE_BY_ZERO'],
  ['SELECT try_multiply(1, 2147483647 + 1)', 'ARITHMETIC_OVERFLOW'],
  ["SELECT '1' / '1'", 'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE'],
  ["SELECT array_insert(array(1), 1, '2')", 'DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES'],
  ['SELECT make_date(10000, 1, 1)', 'UNSUPPORTED_FEATURE'],
  ["SELECT to_json(named_struct('a', 1), map('pretty', 'true'))", 'UNSUPPORTED_FEATURE'],
  ["SELECT to_json(named_struct('a', 1), map('pretty', 1))", 'INVALID_OPTIONS.NON_STRING_TYPE'],
  [`SELECT get_json_object('[{"a":1}]', '$[*].a')`, 'UNSUPPORTED_FEATURE'],
  ['SELECT json_array_length(2)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  ['SELECT xxhash64(1)', 'UNSUPPORTED_FEATURE'],
  ['SELECT hll_sketch_agg(id) FROM range(2)', 'UNSUPPORTED_FEATURE'],
  ['SELECT curdate(1)', 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION'],
  ["SELECT conv('10', 16, -10)", 'UNSUPPORTED_FEATURE'],
  ["SELECT to_number('454', '0000')", 'INVALID_FORMAT.MISMATCH_INPUT'],
  [
    "SELECT map_zip_with(map('1', 1), map(date'2024-01-01', 1), (k, a, b) -> a)",
    'DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES',
  ],
  ['SELECT listagg(x) FROM VALUES (array(1)) AS t(x)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
];

let world: WarehouseWorld;
beforeAll(() => {
  world = openWarehouseWorld({ admin: ['admins'] });
});
afterAll(() => world[Symbol.asyncDispose]());

const text = (sql: string) => answerText(world, sql);

test.each(values)('%s', async (expression, expected) => {
  expect(await text(`SELECT ${expression}`)).toBe(expected);
});

test.each(aggregates)('%s', async (sql, expected) => {
  expect(await text(sql)).toBe(expected);
});

test.each(errors)('%s fails', async (sql, errorClass) => {
  await expect(world.run('admin', sql)).rejects.toMatchObject({ errorClass });
});
