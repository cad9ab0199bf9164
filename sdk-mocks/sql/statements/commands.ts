import type { Policy } from '../../../emulator/policy/index.ts';
import type { Catalog, TableInfo } from '../catalog/index.ts';
import type { Column } from '../contract.ts';
import type { NameParts, Statement } from '../parser/index.ts';
import { stateOf, temporaryView } from '../session.ts';
import {
  alterGovernedTag,
  createGovernedTag,
  createPolicy,
  describeGovernedTag,
  describePolicy,
  dropGovernedTag,
  dropPolicy,
  showGovernedTags,
  showPolicies,
} from './abac.ts';
import { drop, dropMask, dropRowFilter, setMask, setOwner, setRowFilter } from './alter.ts';
import { createBindings } from './bindings.ts';
import { addColumns, dropColumns, dropNotNull, renameColumn, setDefault } from './columns.ts';
import type { CommandResult, Invocation, Of, Parts } from './context.ts';
import {
  createCatalog,
  createFunction,
  createSchema,
  makeTable,
  makeView,
  relationTarget,
  type Target,
} from './create.ts';
import { describe } from './describe.ts';
import { tableNotView } from './errors.ts';
import { changeGrants, showGrants } from './grants.ts';
import { describeHistory } from './history.ts';
import {
  comment,
  createVolume,
  rename,
  setProperties,
  setTags,
  unsetProperties,
  unsetTags,
} from './metadata.ts';
import { createResolver, type Resolver, tableRef } from './names.ts';
import { restore } from './restore.ts';
import { show } from './show.ts';

type NeedsEngine =
  | 'query'
  | 'explain'
  | 'insert'
  | 'create_view'
  | 'update'
  | 'delete'
  | 'truncate'
  | 'merge'
  | 'create_temp_view'
  | 'declare_variable'
  | 'set_variable'
  | 'set_parameter'
  | 'reset_parameter'
  | 'drop_variable'
  | 'execute_immediate';

/** Statements that need no engine. CREATE TABLE only without AS. */
export type Command = Exclude<Statement, { kind: NeedsEngine }>;

const needEngine = new Set<string>([
  'query',
  'explain',
  'insert',
  'create_view',
  'update',
  'delete',
  'truncate',
  'merge',
  'create_temp_view',
  'declare_variable',
  'set_variable',
  'set_parameter',
  'reset_parameter',
  'drop_variable',
  'execute_immediate',
] satisfies NeedsEngine[]);

export function isCommand(statement: Statement): statement is Command {
  return !needEngine.has(statement.kind);
}

export interface Commands {
  readonly resolver: Resolver;
  /**
   * Runs a statement that reads and writes no rows, in one transaction.
   * @throws SqlError with the platform's class and text.
   */
  execute(statement: Command, by: Invocation): CommandResult;
  /** CREATE TABLE AS and CREATE VIEW, first half: rights and existence, before the query is looked at. */
  target(statement: Of<'create_table'> | Of<'create_view'>, by: Invocation): Target;
  /** Second half: makes the table or view with the columns of its query. Nothing happens for `skip`. */
  make(
    statement: Of<'create_table'> | Of<'create_view'>,
    columns: readonly Column[],
    target: Target,
    by: Invocation,
  ): void;
  /** Table to write into: exists, is no view, and the caller has MODIFY (with SELECT) on it. */
  writable(name: NameParts, by: Invocation, operation?: string): TableInfo;
}

export function createCommands(options: {
  catalog: Catalog;
  policy: Policy;
  /** The engine reads segments by `TableInfo.physical`. Default false. */
  mapsColumns?: boolean;
  /** The engine reads tables through `effectivePolicies`. Default false: CREATE POLICY is refused by name. */
  enforcesPolicies?: boolean;
}): Commands {
  const { catalog, policy } = options;
  const resolver = createResolver({ catalog, policy });
  const { mapsColumns = false, enforcesPolicies = false } = options;
  const parts: Parts = {
    catalog,
    policy,
    resolver,
    bindings: createBindings(resolver),
    mapsColumns,
    enforcesPolicies,
  };
  const make: Commands['make'] = (statement, columns, target, by) =>
    catalog.transaction(() =>
      statement.kind === 'create_view'
        ? makeView(parts, statement, columns, target, by)
        : makeTable(parts, statement, columns, target, by),
    );
  const target: Commands['target'] = (statement, by) =>
    relationTarget(parts, statement, statement.kind === 'create_view' ? 'view' : 'table', by);

  return {
    resolver,
    target,
    make,
    execute: (statement, by) =>
      catalog.transaction(() => {
        if (statement.kind === 'create_table') {
          make(statement, statement.columns ?? [], target(statement, by), by);
          return nothing(by);
        }
        return run(parts, statement, by) ?? nothing(by);
      }),
    writable(name, by, operation = 'INSERT') {
      if (temporaryView(stateOf(by.session, by.caller), name))
        throw tableNotView(operation, resolver.object(name, by.session));
      const found = resolver.relation(by.caller, name, by.session);
      if (found.kind === 'view') throw tableNotView(operation, found.name);
      resolver.require(by.caller, 'MODIFY', tableRef(found.name));
      return found;
    },
  };
}

const nothing = ({ session }: Invocation): CommandResult => ({ columns: [], rows: [], session });

function run(
  parts: Parts,
  statement: Exclude<Command, { kind: 'create_table' }>,
  by: Invocation,
): CommandResult | undefined {
  switch (statement.kind) {
    case 'create_catalog':
      createCatalog(parts, statement, by);
      return undefined;
    case 'create_schema':
      createSchema(parts, statement, by);
      return undefined;
    case 'create_function':
      createFunction(parts, statement, by);
      return undefined;
    case 'drop':
      drop(parts, statement, by);
      return undefined;
    case 'set_row_filter':
      setRowFilter(parts, statement, by);
      return undefined;
    case 'drop_row_filter':
      dropRowFilter(parts, statement, by);
      return undefined;
    case 'set_mask':
      setMask(parts, statement, by);
      return undefined;
    case 'drop_mask':
      dropMask(parts, statement, by);
      return undefined;
    case 'set_owner':
      setOwner(parts, statement, by);
      return undefined;
    case 'grant':
    case 'revoke':
      changeGrants(parts, statement, by);
      return undefined;
    case 'add_columns':
      addColumns(parts, statement, by);
      return undefined;
    case 'drop_columns':
      dropColumns(parts, statement, by);
      return undefined;
    case 'rename_column':
      renameColumn(parts, statement, by);
      return undefined;
    case 'set_default':
      setDefault(parts, statement, by);
      return undefined;
    case 'drop_not_null':
      dropNotNull(parts, statement, by);
      return undefined;
    case 'rename':
      rename(parts, statement, by);
      return undefined;
    case 'set_properties':
      setProperties(parts, statement, by);
      return undefined;
    case 'unset_properties':
      unsetProperties(parts, statement, by);
      return undefined;
    case 'comment':
      comment(parts, statement, by);
      return undefined;
    case 'set_tags':
      setTags(parts, statement, by);
      return undefined;
    case 'unset_tags':
      unsetTags(parts, statement, by);
      return undefined;
    case 'create_volume':
      createVolume(parts, statement, by);
      return undefined;
    case 'create_policy':
      createPolicy(parts, statement, by);
      return undefined;
    case 'drop_policy':
      dropPolicy(parts, statement, by);
      return undefined;
    case 'describe_policy':
      return describePolicy(parts, statement, by);
    case 'show_policies':
      return showPolicies(parts, statement, by);
    case 'create_governed_tag':
      createGovernedTag(parts, statement, by);
      return undefined;
    case 'alter_governed_tag':
      alterGovernedTag(parts, statement, by);
      return undefined;
    case 'drop_governed_tag':
      dropGovernedTag(parts, statement, by);
      return undefined;
    case 'describe_governed_tag':
      return describeGovernedTag(parts, statement, by);
    case 'show_governed_tags':
      return showGovernedTags(parts, by);
    case 'show_grants':
      return showGrants(parts, statement, by);
    case 'use':
      return use(parts, statement, by);
    case 'show':
      return show(parts, statement, by);
    case 'restore':
      return restore(parts, statement, by);
    case 'describe_history':
      return describeHistory(parts, statement, by);
    case 'describe':
      return describe(parts, statement, by);
  }
}

/** USE changes the session; a new catalog starts in its schema `default` (docs: USE CATALOG). */
function use({ resolver }: Parts, statement: Of<'use'>, { caller, session }: Invocation): CommandResult {
  if (statement.what === 'catalog') {
    const catalog = statement.name.join('.').toLowerCase();
    resolver.openCatalog(caller, catalog);
    return { columns: [], rows: [], session: { ...session, catalog, schema: 'default' } };
  }
  const { catalog, schema } = resolver.schemaName(statement.name, session);
  resolver.openSchema(caller, catalog, schema);
  return { columns: [], rows: [], session: { ...session, catalog, schema } };
}
