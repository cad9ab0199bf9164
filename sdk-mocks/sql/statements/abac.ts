import { SqlError } from '../../../emulator/core/index.ts';
import { metastore, principalDoesNotExist, type SecurableRef } from '../../../emulator/policy/index.ts';
import {
  type AbacPolicy,
  type FunctionInfo,
  fullName,
  invalidCondition,
  type PolicyScope,
  parseCondition,
  scopesOf,
  tagsNamed,
} from '../catalog/index.ts';
import type { CellValue } from '../contract.ts';
import { type NameParts, type PolicyWord, unsupported } from '../parser/index.ts';
import { type CommandResult, columnsOf, type Invocation, type Of, type Parts } from './context.ts';
import { functionRef } from './names.ts';
import { locate } from './securable.ts';

interface Scope {
  on: PolicyScope;
  ref: SecurableRef;
}

function scopeOf(parts: Parts, given: { object: PolicyWord; on: NameParts }, by: Invocation): Scope {
  const place = locate(parts, { object: given.object, name: given.on }, by.caller, by.session);
  if (place.object?.kind === 'view')
    throw invalid(`A policy cannot be defined on the view ${place.ref.name}.`);
  const name = given.object === 'METASTORE' ? '' : place.ref.name;
  return { on: { kind: given.object, name }, ref: place.ref };
}

/** MANAGE or ownership of the securable; of the metastore only its admin (docs: ABAC policies). */
function requireManage({ resolver }: Parts, { ref }: Scope, { caller }: Invocation): void {
  resolver.require(caller, ref.kind === 'METASTORE' ? 'OWNERSHIP' : 'MANAGE', ref);
}

function requireView({ resolver }: Parts, { ref }: Scope, { caller }: Invocation): void {
  resolver.require(caller, ref.kind === 'METASTORE' ? 'OWNERSHIP' : 'READ METADATA', ref);
}

export function createPolicy(parts: Parts, statement: Of<'create_policy'>, by: Invocation): void {
  if (!parts.enforcesPolicies) throw unsupported('CREATE POLICY');
  const { catalog, resolver } = parts;
  const scope = scopeOf(parts, statement, by);
  requireManage(parts, scope, by);
  const fn = resolver.function(by.caller, statement.function, by.session);
  resolver.require(by.caller, 'EXECUTE', functionRef(fn.name));
  const exists = catalog.abac.policies(scope.on).some(({ name }) => name === statement.name.toLowerCase());
  if (exists && !statement.orReplace) {
    throw new SqlError('POLICY_ALREADY_EXISTS', '42710', `Policy '${statement.name}' already exists.`);
  }
  checkPrincipals(parts, statement);
  checkConditions(parts, statement);
  checkArguments(statement, fn);
  const { name, type, to, except, when, match, onColumn, using, comment } = statement;
  catalog.abac.putPolicy(
    {
      name,
      on: scope.on,
      type,
      function: fn.name,
      to,
      except,
      when,
      match,
      onColumn,
      using,
      ...(comment === undefined ? {} : { comment }),
    },
    by.caller.principal.name,
  );
}

function checkPrincipals({ policy }: Parts, { to, except }: Of<'create_policy'>): void {
  const all = [...to, ...except];
  if (all.length > 20) throw invalid('A policy names at most 20 principals in TO and EXCEPT.');
  const unknown = all.find((name) => !policy.principalExists(name));
  if (unknown !== undefined) throw principalDoesNotExist(unknown);
}

/** Conditions name governed tags and their allowed values only; at most three look at columns (docs: ABAC limits). */
function checkConditions({ catalog }: Parts, { when, match }: Of<'create_policy'>): void {
  if (match.length > 3) throw invalid('A policy has at most 3 column conditions.');
  for (const text of [...(when === null ? [] : [when]), ...match.map(({ condition }) => condition)]) {
    for (const { key, value } of tagsNamed(parseCondition(text))) {
      const tag = catalog.abac.governedTag(key);
      if (!tag) throw invalidCondition(text, `Unknown tag policy key '${key}'`);
      if (value !== null && tag.values && !tag.values.includes(value)) {
        throw invalidCondition(text, `Invalid tag value '${value}' for key '${key}'`);
      }
    }
  }
}

function checkArguments(statement: Of<'create_policy'>, fn: FunctionInfo): void {
  const { type, using, onColumn, match } = statement;
  const defined = new Set(match.map(({ alias }) => alias.toLowerCase()));
  const referenced = using.flatMap((argument) => ('alias' in argument ? [argument.alias] : []));
  const undefinedOnes = [...(onColumn === null ? [] : [onColumn]), ...referenced].filter(
    (alias) => !defined.has(alias.toLowerCase()),
  );
  if (undefinedOnes.length > 0) {
    throw invalid(
      `Undefined column aliases: ${undefinedOnes.join(', ')}. Referenced aliases must be defined in match_columns.`,
    );
  }
  const given = using.length + (type === 'COLUMN_MASK' ? 1 : 0);
  if (given !== fn.parameters.length || fn.returnsTable !== null) {
    throw invalid(
      `The policy requires ${given} argument(s), but the referred function '${fullName(fn.name)}' takes ${fn.parameters.length} argument(s).`,
    );
  }
  if (type === 'ROW_FILTER' && fn.returns !== null && fn.returns !== 'BOOLEAN') {
    throw invalid(`A row filter function returns BOOLEAN, but '${fullName(fn.name)}' returns ${fn.returns}.`);
  }
}

export function dropPolicy(parts: Parts, statement: Of<'drop_policy'>, by: Invocation): void {
  const scope = scopeOf(parts, statement, by);
  requireManage(parts, scope, by);
  parts.catalog.abac.dropPolicy(scope.on, found(parts, scope, statement.name).name);
}

function found({ catalog }: Parts, { on }: Scope, name: string): AbacPolicy {
  const policy = catalog.abac.policies(on).find((one) => one.name === name.toLowerCase());
  if (policy) return policy;
  throw new SqlError(
    'POLICY_NOT_FOUND',
    '42704',
    `Policy '${name}' does not exist on ${on.kind}${on.name ? ` '${on.name}'` : ''}.`,
  );
}

/** Two columns, key and value (docs: DESCRIBE POLICY). */
export function describePolicy(
  parts: Parts,
  statement: Of<'describe_policy'>,
  by: Invocation,
): CommandResult {
  const scope = scopeOf(parts, statement, by);
  requireView(parts, scope, by);
  const policy = found(parts, scope, statement.name);
  const using = policy.using.map((one) => ('alias' in one ? one.alias : one.literal));
  const match = policy.match.map(({ condition, alias }) => (alias ? `${condition} AS ${alias}` : condition));
  const rows: CellValue[][] = [
    ['Name', policy.name],
    ['On Securable Type', policy.on.kind],
    ['On Securable', policy.on.name],
    ['To Principals', policy.to.join(', ')],
    ...(policy.except.length > 0 ? [['Except Principals', policy.except.join(', ')]] : []),
    ['For Securable Type', 'TABLE'],
    ...(policy.when === null ? [] : [['When Condition', policy.when]]),
    ['Match Columns', match.join(', ')],
    ['Policy Type', policy.type],
    ['  Function Name', fullName(policy.function)],
    ...(policy.onColumn === null ? [] : [['  On Column', policy.onColumn]]),
    ['  Using Columns', using.join(', ')],
    ['Created By', policy.createdBy],
    ['Created At', timeOf(policy.createdAt)],
    ['Updated By', policy.updatedBy],
    ['Updated At', timeOf(policy.updatedAt)],
  ];
  return { columns: columnsOf('key', 'value'), rows, session: by.session };
}

/** `2025-12-31 AD at 19:41:07 UTC` (docs: DESCRIBE POLICY). */
function timeOf(at: number): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, 10)} AD at ${text.slice(11, 19)} UTC`;
}

/** SHOW POLICIES of one scope; EFFECTIVE adds those of the scopes above (docs: SHOW POLICIES). */
export function showPolicies(parts: Parts, statement: Of<'show_policies'>, by: Invocation): CommandResult {
  const scope = scopeOf(parts, statement, by);
  requireView(parts, scope, by);
  const [catalog = '', schema = '', name = ''] = scope.on.name.split('.');
  const depth = ['METASTORE', 'CATALOG', 'SCHEMA', 'TABLE'].indexOf(scope.on.kind);
  const scopes = statement.effective ? scopesOf({ catalog, schema, name }).slice(0, depth + 1) : [scope.on];
  const rows = scopes
    .flatMap((on) => parts.catalog.abac.policies(on))
    .map((policy): CellValue[] => {
      const [c, s, t] = policy.on.name.split('.');
      return [policy.name, policy.type, c || null, s ?? null, t ?? null, policy.comment ?? null];
    });
  const columns = columnsOf('Policy Name', 'Policy Type', 'Catalog', 'Schema', 'Table', 'Comment').map(
    (column, i) => ({ ...column, nullable: i > 1 }),
  );
  return { columns, rows, session: by.session };
}

/** Governed tags belong to the account; in Brickbox a metastore admin keeps them (assumed). */
export function createGovernedTag(parts: Parts, statement: Of<'create_governed_tag'>, by: Invocation): void {
  parts.resolver.require(by.caller, 'OWNERSHIP', metastore);
  const { key, values, description } = statement;
  if (parts.catalog.abac.governedTag(key)) {
    throw new SqlError('TAG_POLICY_ALREADY_EXISTS', '42710', `Tag policy '${key}' already exists.`);
  }
  const tag = { key, values, ...(description === undefined ? {} : { description }) };
  parts.catalog.abac.putGovernedTag(tag, by.caller.principal.name);
}

/** SET VALUES replaces the whole list (docs: ALTER GOVERNED TAG). */
export function alterGovernedTag(parts: Parts, statement: Of<'alter_governed_tag'>, by: Invocation): void {
  parts.resolver.require(by.caller, 'OWNERSHIP', metastore);
  const { key, description } = governedTag(parts, statement.key);
  const tag = { key, values: statement.values, ...(description === undefined ? {} : { description }) };
  parts.catalog.abac.putGovernedTag(tag, by.caller.principal.name);
}

export function dropGovernedTag(parts: Parts, statement: Of<'drop_governed_tag'>, by: Invocation): void {
  parts.resolver.require(by.caller, 'OWNERSHIP', metastore);
  parts.catalog.abac.dropGovernedTag(governedTag(parts, statement.key).key);
}

/** Columns of both assumed. */
export function showGovernedTags(parts: Parts, by: Invocation): CommandResult {
  const rows = parts.catalog.abac.governedTags().map((tag): CellValue[] => tagRow(tag));
  return { columns: tagColumns(), rows, session: by.session };
}

export function describeGovernedTag(
  parts: Parts,
  statement: Of<'describe_governed_tag'>,
  by: Invocation,
): CommandResult {
  return { columns: tagColumns(), rows: [tagRow(governedTag(parts, statement.key))], session: by.session };
}

const tagColumns = () =>
  columnsOf('tag_key', 'description', 'values').map((column, i) => ({ ...column, nullable: i > 0 }));

function tagRow(tag: ReturnType<typeof governedTag>): CellValue[] {
  return [tag.key, tag.description ?? null, tag.values === null ? null : tag.values.join(', ')];
}

function governedTag({ catalog }: Parts, key: string) {
  const tag = catalog.abac.governedTag(key);
  if (tag) return tag;
  throw new SqlError('TAG_POLICY_NOT_FOUND', '42704', `Tag policy '${key}' does not exist.`);
}

function invalid(sentence: string): SqlError {
  return new SqlError('INVALID_PARAMETER_VALUE', '22023', sentence);
}
