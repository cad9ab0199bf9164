import { SqlError } from '../../../emulator/core/index.ts';
import { principalKey } from '../../../emulator/policy/index.ts';
import { holds, parseCondition, tagsNamed } from './conditions.ts';
import type {
  AbacPolicy,
  Catalog,
  FunctionBinding,
  ObjectName,
  PolicyArgument,
  PolicyScope,
  TableInfo,
  Tag,
} from './contract.ts';
import { fullName } from './rows.ts';

/** What a reader of a table meets: its own filter and masks together with those of ABAC policies. */
export interface EffectivePolicies {
  rowFilter: FunctionBinding | null;
  /** By lower-case column name. */
  masks: ReadonlyMap<string, FunctionBinding>;
  /** Policies that took part, as `scope/name`. Empty: only the table's own filter and masks. */
  policies: readonly string[];
}

type Known = Pick<Catalog, 'tags' | 'abac' | 'function'>;

/** Scopes whose policies reach a table, from the metastore down. */
export function scopesOf(table: ObjectName): PolicyScope[] {
  return [
    { kind: 'METASTORE', name: '' },
    { kind: 'CATALOG', name: table.catalog },
    { kind: 'SCHEMA', name: `${table.catalog}.${table.schema}` },
    { kind: 'TABLE', name: fullName(table) },
  ];
}

/**
 * The filter and masks that apply to `principal` reading `table` (docs: ABAC, evaluation). Somebody who is not in TO,
 * or is in EXCEPT, is not subject to a policy; owners are. Pure over the catalog: for cache keys the result itself, or
 * `catalog.version`, is enough.
 * @throws SqlError when policies conflict, a tag key is no longer governed, or a function is gone: the table cannot
 * be read then.
 */
export function effectivePolicies(
  catalog: Known,
  table: TableInfo,
  principal: { name: string; groups: readonly string[] },
): EffectivePolicies {
  const keys = new Set([principal.name, ...principal.groups, 'account users'].map(principalKey));
  const tableTags = inheritedTags(catalog, table.name);
  const columns = table.columns.map((column) => ({
    name: column.name.toLowerCase(),
    tags: catalog.tags.of({ kind: 'table', name: table.name, column: column.name }),
  }));
  const filters: FunctionBinding[] = table.rowFilter ? [table.rowFilter] : [];
  const masks = new Map<string, FunctionBinding[]>([...table.masks].map(([name, mask]) => [name, [mask]]));
  const used: string[] = [];
  for (const policy of scopesOf(table.name).flatMap((scope) => catalog.abac.policies(scope))) {
    if (!isSubject(policy, keys)) continue;
    if (!applies(catalog, policy, tableTags)) continue;
    const found = matches(catalog, policy, columns);
    if (found === undefined) continue;
    if (!catalog.function(policy.function)) throw functionGone(policy);
    used.push(`${policy.on.name || 'metastore'}/${policy.name}`);
    if (policy.type === 'ROW_FILTER') filters.push(bind(policy, found));
    else {
      for (const column of found.get(policy.onColumn?.toLowerCase() ?? '') ?? []) {
        masks.set(column, [...(masks.get(column) ?? []), bind(policy, found)]);
      }
    }
  }
  const result = { rowFilter: oneFilter(filters, table), masks: oneMaskEach(masks, table), policies: used };
  refuseMaskedArguments(result, used);
  return result;
}

function isSubject({ to, except }: AbacPolicy, keys: ReadonlySet<string>): boolean {
  const among = (names: readonly string[]) => names.some((name) => keys.has(principalKey(name)));
  return among(to) && !among(except);
}

/** Tags of the containers count for the table, the nearer one wins (docs: tag inheritance). Column tags never inherit. */
function inheritedTags({ tags }: Known, { catalog, schema, name }: ObjectName): Tag[] {
  const byKey = new Map<string, Tag>();
  for (const tag of tags.of({ kind: 'catalog', name: { catalog } })) byKey.set(tag.key, tag);
  for (const tag of tags.of({ kind: 'schema', name: { catalog, schema } })) byKey.set(tag.key, tag);
  for (const tag of tags.of({ kind: 'table', name: { catalog, schema, name } })) byKey.set(tag.key, tag);
  return [...byKey.values()];
}

function governed(catalog: Known, text: string) {
  const condition = parseCondition(text);
  for (const { key } of tagsNamed(condition)) {
    if (catalog.abac.governedTag(key)) continue;
    throw new SqlError(
      'INVALID_PARAMETER_VALUE.UC_ABAC_UNKNOWN_TAG_POLICY',
      '42KDJ',
      `Unknown tag policy key '${key}'.`,
      {
        rule: `a policy names the governed tag ${key}, which does not exist any more`,
        fix: `Create the governed tag ${key} again, or drop the policy.`,
      },
    );
  }
  return condition;
}

function applies(catalog: Known, policy: AbacPolicy, tags: readonly Tag[]): boolean {
  return policy.when === null || holds(governed(catalog, policy.when), tags);
}

/**
 * Columns by alias; undefined when a condition matches none: the policy then does not apply (field: it fails open).
 * @throws SqlError when an alias that must be one column is several. The masked column of a mask may be several.
 */
function matches(
  catalog: Known,
  policy: AbacPolicy,
  columns: readonly { name: string; tags: readonly Tag[] }[],
): Map<string, string[]> | undefined {
  const found = new Map<string, string[]>();
  let none = false;
  for (const { condition, alias } of policy.match) {
    const tree = governed(catalog, condition);
    const hit = columns.filter(({ tags }) => holds(tree, tags)).map(({ name }) => name);
    if (hit.length === 0) none = true;
    found.set(alias.toLowerCase(), hit);
  }
  if (none) return undefined;
  for (const argument of policy.using) {
    if (!('alias' in argument)) continue;
    const hit = found.get(argument.alias.toLowerCase()) ?? [];
    if (hit.length === 1) continue;
    throw new SqlError(
      'INVALID_PARAMETER_VALUE.UC_ABAC_AMBIGUOUS_COLUMN_MATCH',
      '42KDJ',
      `Column alias '${argument.alias}' of policy '${policy.name}' had ${hit.length} matches, exactly 1 match is allowed.`,
    );
  }
  return found;
}

function bind(policy: AbacPolicy, found: ReadonlyMap<string, string[]>): FunctionBinding {
  const given = policy.using.map((argument): PolicyArgument => {
    if (!('alias' in argument)) return argument;
    return { column: found.get(argument.alias.toLowerCase())?.[0] ?? '' };
  });
  return { function: policy.function, arguments: given };
}

const written = (binding: FunctionBinding) => JSON.stringify([fullName(binding.function), binding.arguments]);

function distinct(bindings: readonly FunctionBinding[]): FunctionBinding[] {
  return [...new Map(bindings.map((binding) => [written(binding), binding])).values()];
}

/** The same function with the same arguments twice is one filter; two are no order of precedence but an error. */
function oneFilter(filters: readonly FunctionBinding[], table: TableInfo): FunctionBinding | null {
  const [first, second] = distinct(filters);
  if (second === undefined) return first ?? null;
  throw new SqlError(
    'INVALID_PARAMETER_VALUE.UC_ABAC_MULTIPLE_ROW_FILTERS',
    '42KDJ',
    `Table '${fullName(table.name)}' has more than one effective row filter for the user. Only one row filter is supported.`,
  );
}

function oneMaskEach(
  masks: ReadonlyMap<string, FunctionBinding[]>,
  table: TableInfo,
): Map<string, FunctionBinding> {
  const found = new Map<string, FunctionBinding>();
  for (const [column, given] of masks) {
    const [first, second] = distinct(given);
    if (second !== undefined) {
      throw new SqlError(
        'COLUMN_MASKS_FEATURE_NOT_SUPPORTED.MULTIPLE_MASKS',
        '0A000',
        `Column \`${column}\` of table '${fullName(table.name)}' has more than one effective column mask for the user.`,
      );
    }
    if (first) found.set(column, first);
  }
  return found;
}

/** A masked column must not be an argument of another policy (docs: ABAC). Class assumed. Tables' own bindings may. */
function refuseMaskedArguments(result: EffectivePolicies, used: readonly string[]): void {
  if (used.length === 0) return;
  const bindings = [...result.masks.values(), ...(result.rowFilter ? [result.rowFilter] : [])];
  for (const { arguments: given } of bindings) {
    const masked = given.find((argument) => 'column' in argument && result.masks.has(argument.column));
    if (masked === undefined || !('column' in masked)) continue;
    throw new SqlError(
      'COLUMN_MASKS_FEATURE_NOT_SUPPORTED.USING_MASKED_COLUMN',
      '0A000',
      `Column \`${masked.column}\` has a column mask and is used as an argument of another policy.`,
    );
  }
}

function functionGone(policy: AbacPolicy): SqlError {
  return new SqlError(
    'UC_DEPENDENCY_DOES_NOT_EXIST',
    '42883',
    `Function '${fullName(policy.function)}' of policy '${policy.name}' does not exist.`,
    {
      rule: `policy ${policy.name} calls a function that was dropped`,
      fix: 'Create the function again, or drop the policy.',
    },
  );
}
