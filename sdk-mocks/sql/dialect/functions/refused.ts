import { notSupported } from '../errors.ts';
import { rule } from './arguments.ts';
import type { FunctionRule } from './define.ts';

/**
 * Built-in functions the platform has and the engine cannot answer exactly, by reason. They fail by name, so that nobody
 * takes them for a misspelling.
 */
const reasons: Readonly<Record<string, string>> = {
  'Its sketch has a binary form of its own.':
    'approx_top_k approx_top_k_accumulate approx_top_k_combine approx_top_k_estimate count_min_sketch ' +
    'hll_sketch_agg hll_sketch_estimate hll_union hll_union_agg theta_sketch_agg theta_sketch_estimate theta_union ' +
    'theta_union_agg theta_intersection theta_intersection_agg theta_difference kll_sketch_agg_bigint ' +
    'kll_sketch_agg_double kll_sketch_agg_float kll_merge_agg_bigint kll_merge_agg_double kll_merge_agg_float ' +
    'kll_sketch_to_string_bigint kll_sketch_to_string_double kll_sketch_to_string_float kll_sketch_get_n_bigint ' +
    'kll_sketch_get_n_double kll_sketch_get_n_float',
  'Its numbers come from a generator of the platform.': 'randn randstr uniform shuffle',
  'Its hash is not built.': 'hash xxhash64',
  'Encryption is not built.': 'aes_encrypt aes_decrypt try_aes_decrypt',
  'The format is not built.':
    'from_csv to_csv schema_of_csv from_xml to_xml schema_of_xml xpath xpath_boolean xpath_double xpath_float ' +
    'xpath_int xpath_long xpath_number xpath_short xpath_string from_avro to_avro schema_of_avro schema_of_json ' +
    'schema_of_json_agg schema_of_variant schema_of_variant_agg to_variant_object',
  'Intervals that mix months with days are not built.': 'make_interval try_make_interval',
  'Bitmaps are not built.': 'bitmap_construct_agg bitmap_or_agg bitmap_and_agg bitmap_count',
  'Splitting into sentences is not built.': 'sentences',
};

export const refusedRules: FunctionRule[] = Object.entries(reasons).flatMap(([note, names]) =>
  names.split(' ').map((name) =>
    rule(
      name,
      () => {
        throw notSupported(`The function "${name}"`);
      },
      'refused',
      note,
    ),
  ),
);
