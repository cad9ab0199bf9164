import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWarehouseWorld, type WarehouseWorld } from '../../../test/conformance/warehouse-world.ts';
import { answerText } from '../../../test/support/answers.ts';

/**
 * Own cases with results known from the documentation, one line each: an expression and its text. They hold what the
 * figures of `docs/coverage/sql.md` were measured with, without needing the files behind them.
 */
const values: readonly (readonly [string, string])[] = [
  ['26E2BD', '2600'],
  ['1.5E-2BD', '0.015'],
  ['CAST(7 AS DECIMAL(5,2)) / CAST(2 AS INT)', '3.5000000000000'],
  ["date'2024-02-29' + NULL", 'NULL'],
  ["timestamp'2024-01-01 00:00:00Europe/Paris'", '2023-12-31 23:00:00'],
  ["timestamp'2024-01-01 00:00:00.5UTC+0800'", '2023-12-31 16:00:00.5'],
  ['try_divide(7, 0)', 'NULL'],
  ['try_mod(7, 4)', '3'],
  ["try_add(date'2024-01-31', 1)", '2024-02-01'],
  ['ceil(2.345, 2)', '2.35'],
  ['floor(-1234.5, -2)', '-1300'],
  ['round(1250, -2)', '1300'],
  ['5 << 3', '40'],
  ['hex(255)', 'FF'],
  ["conv('ff', 16, 10)", '255'],
  ['array_distinct(array(2, 1, 2, NULL, 1))', '[2,1,null]'],
  ['array_intersect(array(3, 2, 1), array(1, 3))', '[3,1]'],
  ['array_append(CAST(NULL AS ARRAY<INT>), 1)', 'NULL'],
  ["array_insert(array('a', 'b'), 2, 'x')", '["a","x","b"]'],
  ["array_insert(array('a', 'b'), -1, 'x')", '["a","b","x"]'],
  ["arrays_zip(array(1, 2), array('x'))", '[{"0":1,"1":"x"},{"0":2,"1":null}]'],
  ['array_sort(array(2, NULL, 1))', '[1,2,null]'],
  ['zip_with(array(1, 2), array(10, 20), (a, b) -> a + b)', '[11,22]'],
  ["map_from_arrays(array('k', 'l'), array(1, 2))", '{"k":1,"l":2}'],
  ["map_from_entries(array(struct('k', 1)))", '{"k":1}'],
  ["map_concat(map('k', 1), map('l', 2))", '{"k":1,"l":2}'],
  ["map_filter(map('k', 1, 'l', 2), (k, v) -> v > 1)", '{"l":2}'],
  ["transform_keys(map('k', 1), (k, v) -> upper(k))", '{"K":1}'],
  ["transform_values(map('k', 1), (k, v) -> v * 10)", '{"k":10}'],
  ["map_zip_with(map('k', 1), map('k', 2, 'l', 3), (k, a, b) -> coalesce(a, 0) + b)", '{"k":3,"l":3}'],
  ["str_to_map('a=1;b', ';', '=')", '{"a":"1","b":null}'],
  ["mask('Ab-12')", 'Xx-nn'],
  ["mask('Ab-12', NULL, 'z', '#', '*')", 'Az*##'],
  ["format_string('%05d|%s|%.1f', 42, 'x', 2.25D)", '00042|x|2.2'],
  ["luhn_check('4539578763621486')", 'true'],
  ["soundex('Robert')", 'R163'],
  ["to_char(1234.5, '9,999.99')", '1,234.50'],
  ["parse_url('https://acme.test/a?q=1#top', 'HOST')", 'acme.test'],
  ['make_timestamp_ntz(2024, 2, 29, 23, 59, 59.5)', '2024-02-29 23:59:59.5'],
  ['try_make_timestamp_ntz(2023, 2, 29, 0, 0, 0)', 'NULL'],
  ['make_dt_interval(1, 2, 3, 4)', '1 02:03:04.000000000'],
  ['make_ym_interval(1, 2)', '1-2'],
  ["extract(HOUR FROM INTERVAL '2 05:06:07' DAY TO SECOND)", '5'],
  ["date_part('quarter', date'2024-05-01')", '2'],
  [
    "date_format(timestamp'2024-03-05 14:07:09.123', 'EEE d MMM yyyy h:mm a SSS QQQ')",
    'Tue 5 Mar 2024 2:07 PM 123 Q1',
  ],
  ["convert_timezone('UTC', 'Asia/Tokyo', timestamp_ntz'2024-01-01 00:00:00')", '2024-01-01 09:00:00'],
  [`from_json('{"a":1,"b":["x"]}', 'a INT, b ARRAY<STRING>')`, '{"a":1,"b":["x"]}'],
  [`from_json('no json', 'a INT')`, '{"a":null}'],
  [`json_object_keys('{"a":1,"b":2}')`, '["a","b"]'],
  [`variant_get(parse_json('{"a":[7]}'), '$.a[0]', 'int')`, '7'],
];

const errors: readonly (readonly [string, string])[] = [
  ["SELECT date'2023-02-30'", 'INVALID_TYPED_LITERAL'],
  ['SELECT 1E400', 'INVALID_NUMERIC_LITERAL_RANGE'],
  ['SELECT round(127Y, -1)', 'ARITHMETIC_OVERFLOW'],
  ['SELECT CAST(1 AS BINARY)', 'DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION'],
  ["SELECT date'2024-01-01' + 1.5", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  ['SELECT upper(x -> x)', 'INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION'],
  ['SELECT map_from_arrays(array(1, 1), array(2, 3))', 'DUPLICATED_MAP_KEY'],
  ['SELECT id FROM range(3) HAVING id > 0', 'MISSING_GROUP_BY'],
  ['SELECT row_number() OVER (PARTITION BY id) FROM range(3)', '_LEGACY_ERROR_TEMP_1037'],
  [
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION SELECT n + 1 FROM t WHERE n < 3) SELECT * FROM t',
    'UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE',
  ],
  ["SELECT to_date('31-365', 'dd-DDD')", 'UNSUPPORTED_FEATURE'],
  ["SELECT extract(nothing FROM date'2024-01-01')", 'INVALID_EXTRACT_FIELD'],
];

const aggregates: readonly (readonly [string, string])[] = [
  ['SELECT collect_set(x) FROM VALUES (3), (1), (3) AS t(x)', '[3,1]'],
  ['SELECT mode(x, true) FROM VALUES (2), (1), (2), (1) AS t(x)', '1'],
  ['SELECT mode() WITHIN GROUP (ORDER BY x DESC) FROM VALUES (2), (1), (2), (1) AS t(x)', '2'],
  ['SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM VALUES (1), (2) AS t(x)', '1.5'],
  ['SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x) FROM VALUES (1), (2), (9) AS t(x)', '2.0'],
  ['SELECT round(skewness(x), 6) FROM VALUES (1.0), (2.0), (6.0) AS t(x)', '0.59517'],
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
