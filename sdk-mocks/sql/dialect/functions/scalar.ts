import { raise } from '../bind/bound.ts';
import { rules } from './define.ts';

/** Text, mathematics, dates: functions whose meaning DuckDB can say in one expression. */
export const scalarRules = [
  ...rules(
    'scalar',
    'exact',
    `
upper,ucase(s) -> s | upper($1)
lower,lcase(s) -> s | lower($1)
length,len,char_length,character_length(y) -> i | CAST(octet_length($1) AS INTEGER)
length,len,char_length,character_length(s) -> i | CAST(length($1) AS INTEGER)
octet_length(y) -> i | CAST(octet_length($1) AS INTEGER)
octet_length(s) -> i | CAST(strlen($1) AS INTEGER)
bit_length(s) -> i | CAST(strlen($1) * 8 AS INTEGER)
trim,btrim(s) -> s | trim($1, ' ')
ltrim(s) -> s | ltrim($1, ' ')
rtrim(s) -> s | rtrim($1, ' ')
btrim(s s) -> s | trim($1, $2)
trim(s s) -> s | trim($2, $1)
ltrim(s s) -> s | ltrim($2, $1)
rtrim(s s) -> s | rtrim($2, $1)
reverse(s) -> s | reverse($1)
reverse(A) -> 1 | list_reverse($1)
replace(s s) -> s | CASE WHEN $2 = '' THEN $1 ELSE replace($1, $2, '') END
replace(s s s) -> s | CASE WHEN $2 = '' THEN $1 ELSE replace($1, $2, $3) END
translate(s s s) -> s | translate($1, $2, $3)
left(s i) -> s | CASE WHEN $1 IS NULL THEN NULL WHEN $2 <= 0 THEN '' ELSE left($1, $2) END
right(s i) -> s | CASE WHEN $1 IS NULL THEN NULL WHEN $2 <= 0 THEN '' ELSE right($1, $2) END
substring,substr(s i) -> s | CASE WHEN $2 = 0 THEN $1 WHEN $2 < 0 AND -$2 > length($1) THEN $1 ELSE substr($1, $2) END
substring,substr(s i i) -> s | CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN $3 <= 0 THEN '' WHEN $2 = 0 THEN substr($1, 1, $3) WHEN $2 < 0 AND -$2 > length($1) THEN substr($1, 1, greatest($3 + $2 + length($1), 0)) ELSE substr($1, $2, $3) END
instr(s s) -> i | CAST(instr($1, $2) AS INTEGER)
locate,position,charindex(s s) -> i | CAST(instr($2, $1) AS INTEGER)
locate,position,charindex(s s i) -> i | CAST(CASE WHEN $3 < 1 THEN 0 WHEN instr(substr($2, $3), $1) = 0 THEN 0 ELSE instr(substr($2, $3), $1) + $3 - 1 END AS INTEGER)
startswith(s s) -> b | starts_with($1, $2)
endswith(s s) -> b | suffix($1, $2)
contains(s s) -> b | contains($1, $2)
repeat(s i) -> s | CASE WHEN CAST($2 AS BIGINT) * strlen($1) > 100000000 THEN ${raise('EXCEED_LIMIT_LENGTH', '54006', "'The result of repeat is longer than 100000000 bytes.'")} ELSE repeat($1, greatest($2, 0)) END
space(i) -> s | repeat(' ', greatest($1, 0))
lpad(y i) -> y | CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN octet_length($1) >= $2 THEN unhex(left(hex($1), CAST(2 * greatest($2, 0) AS BIGINT))) ELSE unhex(left(repeat('00', CAST(greatest($2 - octet_length($1), 0) AS BIGINT)), CAST(2 * greatest($2 - octet_length($1), 0) AS BIGINT)) || hex($1)) END
lpad(y i y) -> y | CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL THEN NULL WHEN octet_length($1) >= $2 THEN unhex(left(hex($1), CAST(2 * greatest($2, 0) AS BIGINT))) ELSE unhex(left(repeat(hex($3), CAST(greatest($2 - octet_length($1), 0) AS BIGINT)), CAST(2 * greatest($2 - octet_length($1), 0) AS BIGINT)) || hex($1)) END
lpad(s i) -> s | CASE WHEN $1 IS NULL THEN NULL WHEN $2 <= 0 THEN '' ELSE lpad($1, $2, ' ') END
rpad(y i) -> y | CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN octet_length($1) >= $2 THEN unhex(left(hex($1), CAST(2 * greatest($2, 0) AS BIGINT))) ELSE unhex(hex($1) || left(repeat('00', CAST(greatest($2 - octet_length($1), 0) AS BIGINT)), CAST(2 * greatest($2 - octet_length($1), 0) AS BIGINT))) END
rpad(y i y) -> y | CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL THEN NULL WHEN octet_length($1) >= $2 THEN unhex(left(hex($1), CAST(2 * greatest($2, 0) AS BIGINT))) ELSE unhex(hex($1) || left(repeat(hex($3), CAST(greatest($2 - octet_length($1), 0) AS BIGINT)), CAST(2 * greatest($2 - octet_length($1), 0) AS BIGINT))) END
rpad(s i) -> s | CASE WHEN $1 IS NULL THEN NULL WHEN $2 <= 0 THEN '' ELSE rpad($1, $2, ' ') END
lpad(s i s) -> s | CASE WHEN $1 IS NULL OR $3 IS NULL THEN NULL WHEN $2 <= 0 THEN '' WHEN $3 = '' THEN left($1, $2) ELSE lpad($1, $2, $3) END
rpad(s i s) -> s | CASE WHEN $1 IS NULL OR $3 IS NULL THEN NULL WHEN $2 <= 0 THEN '' WHEN $3 = '' THEN left($1, $2) ELSE rpad($1, $2, $3) END
initcap(s) -> s | array_to_string(list_transform(str_split(lower($1), ' '), lambda w: upper(left(w, 1)) || substr(w, 2)), ' ')
ascii(s) -> i | CASE WHEN $1 = '' THEN 0 ELSE CAST(unicode($1) AS INTEGER) END
char,chr(l) -> s | CASE WHEN $1 < 0 THEN '' ELSE chr(CAST($1 % 256 AS INTEGER)) END
md5(y) -> s | md5($1)
md5(s) -> s | md5($1)
sha,sha1(y) -> s | sha1($1)
sha,sha1(s) -> s | sha1($1)
base64(y) -> s | to_base64($1)
unbase64(s) -> y | from_base64($1)
hex(y) -> s | hex($1)
hex(s) -> s | hex($1)
hex(l) -> s | CASE WHEN $1 >= 0 THEN to_base($1, 16) ELSE printf('%X', $1) END
hex(i) -> s | CASE WHEN $1 >= 0 THEN to_base(CAST($1 AS BIGINT), 16) ELSE printf('%X', CAST($1 AS BIGINT)) END
unhex(s) -> y | CASE WHEN regexp_full_match($1, '[0-9a-fA-F]*') THEN unhex(CASE WHEN length($1) % 2 = 1 THEN '0' || $1 ELSE $1 END) END
split_part(s s i) -> s | CASE WHEN $3 = 0 THEN ${raise('INVALID_INDEX_OF_ZERO', '22003', "'The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).'")} WHEN $2 = '' THEN CASE WHEN abs($3) = 1 THEN $1 ELSE '' END ELSE split_part($1, $2, $3) END
substring_index(s s i) -> s | CASE WHEN $3 = 0 OR $2 = '' THEN '' WHEN $3 > 0 THEN array_to_string(list_slice(str_split($1, $2), 1, $3), $2) ELSE array_to_string(list_slice(str_split($1, $2), greatest(len(str_split($1, $2)) + $3 + 1, 1), NULL), $2) END
find_in_set(s s) -> i | CASE WHEN contains($1, ',') THEN 0 ELSE CAST(coalesce(list_position(str_split($2, ','), $1), 0) AS INTEGER) END
overlay(s s i) -> s | left($1, $3 - 1) || $2 || substr($1, $3 + length($2))
overlay(s s i i) -> s | CASE WHEN $4 < 0 THEN left($1, $3 - 1) || $2 || substr($1, $3 + length($2)) ELSE left($1, $3 - 1) || $2 || substr($1, $3 + $4) END
levenshtein(s s) -> i | CAST(levenshtein($1, $2) AS INTEGER)
url_encode(s) -> s | replace(url_encode($1), '%20', '+')
isnull(a) -> b | ($1 IS NULL)
isnotnull(a) -> b | ($1 IS NOT NULL)
isnan(d) -> b | coalesce(isnan($1), false)
nanvl(d d) -> d | CASE WHEN isnan($1) THEN $2 ELSE $1 END
coalesce,nvl,ifnull(c*) -> c | coalesce($*)
nvl2(a c c) -> c | CASE WHEN $1 IS NOT NULL THEN $2 ELSE $3 END
nullif(c c) -> c | nullif($1, $2)
zeroifnull(z) -> i | CAST(0 AS INTEGER)
nullifzero(n) -> 1 | nullif($1, 0)
zeroifnull(n) -> 1 | coalesce($1, 0)
equal_null(c c) -> b | ($1 IS NOT DISTINCT FROM $2)
greatest(c*) -> c | greatest($*)
least(c*) -> c | least($*)
sqrt(d) -> d | CASE WHEN $1 < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt($1) END
cbrt(d) -> d | CASE WHEN pow(round(cbrt($1)), 3) = $1 THEN round(cbrt($1)) ELSE cbrt($1) END
exp(d) -> d | exp($1)
expm1(d) -> d | (exp($1) - 1)
ln(d) -> d | CASE WHEN $1 > 0 THEN ln($1) END
log(d) -> d | CASE WHEN $1 > 0 THEN ln($1) END
log(d d) -> d | CASE WHEN $1 > 0 AND $2 > 0 THEN ln($2) / ln($1) END
log2(d) -> d | CASE WHEN $1 > 0 THEN log2($1) END
log10(d) -> d | CASE WHEN $1 > 0 THEN log10($1) END
log1p(d) -> d | CASE WHEN $1 > -1 THEN ln(1 + $1) END
pow,power(d d) -> d | pow($1, $2)
sin(d) -> d | sin($1)
cos(d) -> d | cos($1)
tan(d) -> d | tan($1)
cot(d) -> d | (1 / tan($1))
sec(d) -> d | (1 / cos($1))
csc(d) -> d | (1 / sin($1))
asin(d) -> d | CASE WHEN abs($1) > 1 THEN CAST('NaN' AS DOUBLE) ELSE asin($1) END
acos(d) -> d | CASE WHEN abs($1) > 1 THEN CAST('NaN' AS DOUBLE) ELSE acos($1) END
atan(d) -> d | atan($1)
atan2(d d) -> d | atan2($1, $2)
sinh(d) -> d | sinh($1)
cosh(d) -> d | cosh($1)
tanh(d) -> d | tanh($1)
asinh(d) -> d | asinh($1)
acosh(d) -> d | CASE WHEN $1 < 1 THEN CAST('NaN' AS DOUBLE) ELSE acosh($1) END
atanh(d) -> d | CASE WHEN abs($1) > 1 THEN CAST('NaN' AS DOUBLE) ELSE atanh($1) END
degrees(d) -> d | degrees($1)
radians(d) -> d | radians($1)
hypot(d d) -> d | sqrt($1 * $1 + $2 * $2)
rint(d) -> d | round_even($1, 0)
sign,signum(d) -> d | CAST(sign($1) AS DOUBLE)
pi() -> d | pi()
e() -> d | exp(1)
factorial(i) -> l | CASE WHEN $1 BETWEEN 0 AND 20 THEN CAST(factorial($1) AS BIGINT) END
bin(l) -> s | CASE WHEN $1 >= 0 THEN to_base($1, 2) ELSE ltrim(CAST(CAST($1 AS BIT) AS VARCHAR), '0') END
shiftleft(i i) -> i | CAST((((CAST($1 AS HUGEINT) * CAST(pow(2, ($2 % 32 + 32) % 32) AS HUGEINT)) % 4294967296 + 6442450944) % 4294967296) - 2147483648 AS INTEGER)
shiftrightunsigned(i i) -> i | CASE WHEN $2 % 32 = 0 THEN $1 ELSE CAST((CAST($1 AS BIGINT) & 4294967295) >> (($2 % 32 + 32) % 32) AS INTEGER) END
shiftrightunsigned(l i) -> l | CASE WHEN $2 % 64 = 0 THEN $1 ELSE CAST((CASE WHEN $1 < 0 THEN CAST($1 AS HUGEINT) + 18446744073709551616 ELSE CAST($1 AS HUGEINT) END) // CAST(pow(2, ($2 % 64 + 64) % 64) AS HUGEINT) AS BIGINT) END
shiftright(i i) -> i | ($1 >> ($2 % 32))
shiftright(l i) -> l | ($1 >> ($2 % 64))
bit_count(l) -> i | CAST(bit_count($1) AS INTEGER)
bit_get,getbit(l i) -> w | CASE WHEN $2 BETWEEN 0 AND 63 THEN CAST(($1 >> $2) & 1 AS TINYINT) WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN ${raise('INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE', '22023', "'The value of parameter(s) `pos` is invalid: expects an integer value in [0, 64), but got ' || $2 || '.'")} END
width_bucket(d d d l) -> l | CASE WHEN $4 <= 0 OR $2 = $3 THEN NULL WHEN $2 < $3 THEN CASE WHEN $1 < $2 THEN 0 WHEN $1 >= $3 THEN $4 + 1 ELSE CAST(floor(($1 - $2) * $4 / ($3 - $2)) AS BIGINT) + 1 END ELSE CASE WHEN $1 > $2 THEN 0 WHEN $1 <= $3 THEN $4 + 1 ELSE CAST(floor(($2 - $1) * $4 / ($2 - $3)) AS BIGINT) + 1 END END
year(D) -> i | CAST(year($1) AS INTEGER)
quarter(D) -> i | CAST(quarter($1) AS INTEGER)
month(D) -> i | CAST(month($1) AS INTEGER)
day,dayofmonth(D) -> i | CAST(day($1) AS INTEGER)
dayofweek(D) -> i | CAST(dayofweek($1) + 1 AS INTEGER)
weekday(D) -> i | CAST(isodow($1) - 1 AS INTEGER)
dayofyear(D) -> i | CAST(dayofyear($1) AS INTEGER)
weekofyear(D) -> i | CAST(weekofyear($1) AS INTEGER)
dayname(D) -> s | left(dayname($1), 3)
monthname(D) -> s | left(monthname($1), 3)
hour(N) -> i | CAST(hour($1) AS INTEGER)
minute(N) -> i | CAST(minute($1) AS INTEGER)
second(N) -> i | CAST(second($1) AS INTEGER)
hour(T) -> i | CAST(hour(CAST($1 AS TIMESTAMP)) AS INTEGER)
minute(T) -> i | CAST(minute(CAST($1 AS TIMESTAMP)) AS INTEGER)
second(T) -> i | CAST(second(CAST($1 AS TIMESTAMP)) AS INTEGER)
date_add,dateadd(D i) -> D | CAST($1 + $2 AS DATE)
date_sub(D i) -> D | CAST($1 - $2 AS DATE)
datediff,date_diff(D D) -> i | CAST($1 - $2 AS INTEGER)
add_months(D i) -> D | CAST($1 + to_months($2) AS DATE)
last_day(D) -> D | last_day($1)
next_day(D s) -> D | CASE WHEN list_position(['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'], lower(left($2, 2))) IS NOT NULL THEN $1 + CAST((list_position(['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'], lower(left($2, 2))) - 1 - dayofweek($1) + 6) % 7 + 1 AS INTEGER) WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN ${raise('ILLEGAL_DAY_OF_WEEK', '22009', "'Illegal input for day of week: ' || $2 || '.'")} END
months_between(T T) -> d | CASE WHEN day(CAST($1 AS TIMESTAMP)) = day(CAST($2 AS TIMESTAMP)) OR (CAST(CAST($1 AS TIMESTAMP) AS DATE) = last_day(CAST($1 AS TIMESTAMP)) AND CAST(CAST($2 AS TIMESTAMP) AS DATE) = last_day(CAST($2 AS TIMESTAMP))) THEN CAST((year(CAST($1 AS TIMESTAMP)) - year(CAST($2 AS TIMESTAMP))) * 12 + month(CAST($1 AS TIMESTAMP)) - month(CAST($2 AS TIMESTAMP)) AS DOUBLE) ELSE round((year(CAST($1 AS TIMESTAMP)) - year(CAST($2 AS TIMESTAMP))) * 12 + month(CAST($1 AS TIMESTAMP)) - month(CAST($2 AS TIMESTAMP)) + (day(CAST($1 AS TIMESTAMP)) - day(CAST($2 AS TIMESTAMP)) + (epoch_us(CAST(CAST($1 AS TIMESTAMP) AS TIME)) - epoch_us(CAST(CAST($2 AS TIMESTAMP) AS TIME))) / 86400000000.0) / 31.0, 8) END
months_between(T T b) -> d | CASE WHEN day(CAST($1 AS TIMESTAMP)) = day(CAST($2 AS TIMESTAMP)) OR (CAST(CAST($1 AS TIMESTAMP) AS DATE) = last_day(CAST($1 AS TIMESTAMP)) AND CAST(CAST($2 AS TIMESTAMP) AS DATE) = last_day(CAST($2 AS TIMESTAMP))) THEN CAST((year(CAST($1 AS TIMESTAMP)) - year(CAST($2 AS TIMESTAMP))) * 12 + month(CAST($1 AS TIMESTAMP)) - month(CAST($2 AS TIMESTAMP)) AS DOUBLE) ELSE CASE WHEN $3 THEN round((year(CAST($1 AS TIMESTAMP)) - year(CAST($2 AS TIMESTAMP))) * 12 + month(CAST($1 AS TIMESTAMP)) - month(CAST($2 AS TIMESTAMP)) + (day(CAST($1 AS TIMESTAMP)) - day(CAST($2 AS TIMESTAMP)) + (epoch_us(CAST(CAST($1 AS TIMESTAMP) AS TIME)) - epoch_us(CAST(CAST($2 AS TIMESTAMP) AS TIME))) / 86400000000.0) / 31.0, 8) ELSE (year(CAST($1 AS TIMESTAMP)) - year(CAST($2 AS TIMESTAMP))) * 12 + month(CAST($1 AS TIMESTAMP)) - month(CAST($2 AS TIMESTAMP)) + (day(CAST($1 AS TIMESTAMP)) - day(CAST($2 AS TIMESTAMP)) + (epoch_us(CAST(CAST($1 AS TIMESTAMP) AS TIME)) - epoch_us(CAST(CAST($2 AS TIMESTAMP) AS TIME))) / 86400000000.0) / 31.0 END END
make_date(i i i) -> D | CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL THEN NULL WHEN $1 NOT BETWEEN 1 AND 9999 THEN ${raise('UNSUPPORTED_FEATURE', '0A000', "'A year outside of 1 to 9999 is not supported by the Brickbox warehouse.'")} WHEN $2 NOT BETWEEN 1 AND 12 THEN ${raise('DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION', '22023', '\'Invalid value for MonthOfYear (valid values 1 - 12): \' || $2 || \'. If necessary set "ansi_mode" to "false" to bypass this error.\'')} ELSE coalesce(TRY_CAST(lpad(CAST($1 AS VARCHAR), 4, '0') || '-' || $2 || '-' || $3 AS DATE), ${raise('DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION', '22023', '\'Invalid date. If necessary set "ansi_mode" to "false" to bypass this error.\'')}) END
unix_date(D) -> i | CAST($1 - DATE '1970-01-01' AS INTEGER)
date_from_unix_date(i) -> D | CAST(DATE '1970-01-01' + $1 AS DATE)
unix_seconds(T) -> l | CAST(floor(epoch_us($1) / 1000000.0) AS BIGINT)
unix_millis(T) -> l | CAST(floor(epoch_us($1) / 1000.0) AS BIGINT)
unix_micros(T) -> l | epoch_us($1)
timestamp_seconds(n) -> T | (to_timestamp(0) + to_microseconds(CAST(trunc(CAST($1 AS DECIMAL(28,9)) * 1000000) AS BIGINT)))
timestamp_millis(l) -> T | (to_timestamp(0) + to_microseconds($1 * 1000))
timestamp_micros(l) -> T | (to_timestamp(0) + to_microseconds($1))
from_utc_timestamp(T s) -> T | CAST(CAST(timezone($2, timezone('UTC', CAST($1 AS TIMESTAMP))) AS TIMESTAMP) AS TIMESTAMPTZ)
to_utc_timestamp(T s) -> T | CAST(timezone('UTC', timezone($2, CAST($1 AS TIMESTAMP))) AS TIMESTAMPTZ)
raise_error(s) -> z | ${raise('USER_RAISED_EXCEPTION', 'P0001', "coalesce($1, 'null')")}
assert_true(b) -> z | CASE WHEN $1 THEN NULL ELSE ${raise('USER_RAISED_EXCEPTION', 'P0001', "'The condition is not true.'")} END
assert_true(b s) -> z | CASE WHEN $1 THEN NULL ELSE ${raise('USER_RAISED_EXCEPTION', 'P0001', '$2')} END
array_contains(A a) -> b | list_contains($1, $2)
array_distinct(A) -> 1 | list_filter($1, lambda x, i: list_position($1, x) = i)
array_size(A) -> i | CAST(len($1) AS INTEGER)
array_max(A) -> e1 | list_max($1)
array_min(A) -> e1 | list_min($1)
array_compact(A) -> 1 | list_filter($1, lambda x: x IS NOT NULL)
array_repeat(a i) -> A1 | list_transform(range(greatest($2, 0)), lambda x: $1)
sort_array(A) -> 1 | list_sort($1, 'ASC', 'NULLS FIRST')
flatten(A) -> e1 | CASE WHEN list_contains(list_transform($1, lambda x: x IS NULL), true) THEN NULL ELSE flatten($1) END
json_array_length(S) -> i | CASE WHEN json_valid($1) AND json_type($1) = 'ARRAY' THEN CAST(json_array_length($1) AS INTEGER) END
`,
  ),
  ...rules(
    'scalar',
    'approximate',
    `
regexp_like,regexp,rlike(s s) -> b | regexp_matches($1, $2)
regexp_replace(s s s) -> s | regexp_replace($1, $2, regexp_replace($3, '\\$(\\d)', '\\\\\\1', 'g'), 'g')
regexp_extract(s s) -> s | regexp_extract($1, $2, 1)
regexp_count(s s) -> i | CAST(len(regexp_extract_all($1, $2)) AS INTEGER)
regexp_substr(s s) -> s | nullif(regexp_extract($1, $2), '')
split(s s) -> As | CASE WHEN $2 IS NOT NULL THEN regexp_split_to_array($1, $2) END
`,
  ),
];
