import type { DuckDBResult } from '@duckdb/node-api';
import { BrickboxError, SqlError } from '../../../emulator/core/index.ts';
import type { Caller, Policy } from '../../../emulator/policy/index.ts';
import {
  type Catalog,
  fullName,
  type ObjectName,
  type RelationInfo,
  type TableInfo,
  type ViewInfo,
} from '../catalog/index.ts';
import type { SqlParameter, SqlSession } from '../contract.ts';
import {
  type BoundQuery,
  cast,
  duckType,
  type Environment,
  noTimeTravel,
  notSupported,
  parseQueryText,
  parseType,
  type Query,
  QueryBinder,
  quote,
  type Travel,
  type Type,
  t,
} from '../dialect/index.ts';
import { copyRows, type Engine, type Lent, type ParameterValues, sparkError } from '../duckdb/index.ts';
import { stateOf, temporaryView } from '../session.ts';
import { type Actor, functionRef, type Resolver, tableRef, tableThen } from '../statements/index.ts';
import type { VirtualRelation } from './information-schema.ts';
import type { Instances, SubjectInstance } from './instances.ts';
import { parameterText } from './nested-parameter.ts';
import { orMissing, routineOf } from './routines.ts';
import { securedTable } from './secured-table.ts';
import { type Findings, sessionValues, subjectKey } from './subject.ts';
import { variableOf } from './variables.ts';
import { fillVirtual, virtualName, virtualRelation, virtualTypes } from './virtual.ts';

/** What a statement reads and which policies applied, for the journal. */
export interface ReadRelation {
  name: string;
  rowFilter: string | null;
  masks: readonly string[];
}

/** A relation to be put into an instance before the statement runs. */
interface Material {
  key: string;
  name: string;
  types: readonly Type[];
  volatile: boolean;
  /** Copies the visible rows into the table of that name. */
  fill(target: SubjectInstance, signal?: AbortSignal): Promise<number>;
}

export interface PreparedQuery {
  bound: BoundQuery;
  /** Tables the text may read: names in the subject's instance. */
  tables: ReadonlySet<string>;
  materials: readonly Material[];
  relations: readonly ReadRelation[];
  parameters: ParameterNames;
  findings: Findings;
  /** Privilege checks that must pass again each time the plan is used. */
  recheck: readonly (() => void)[];
  /** Temporary views that were read. */
  temporary: readonly string[];
}

type ParameterNames = ReadonlyMap<string, { name: string; ordinal: number }>;

export interface ReaderParts {
  catalog: Catalog;
  policy: Policy;
  resolver: Resolver;
  engine: Engine;
  instances: Instances;
  /** Rows a relation may have to be copied into an instance. */
  maxRows: number;
  /** Virtual epoch milliseconds. */
  now(): number;
}

/**
 * The table that a statement changes. Only the statement's own words name it by `token`, which nobody can guess; the
 * same token as a parameter is the row id. No expression of the user can reach either.
 */
export interface ChangeTarget {
  token: string;
  table: TableInfo;
}

interface PrepareOptions {
  /** Whose rights count; null: the asker's own. */
  definer?: string | null;
  defaults?: { catalog: string; schema: string };
  depth?: number;
  target?: ChangeTarget;
}

export interface Asker {
  caller: Caller;
  session: SqlSession;
  parameters: readonly SqlParameter[];
}

/** Turns queries of a caller into text for that caller's own instance, and brings the visible rows there. */
export class QueryReader {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** Key of the instance that holds what `asker` may see with `definer`'s rights (null: the asker's own). */
  instanceKey({ caller, session }: Asker, definer: string | null): string {
    return JSON.stringify([subjectKey(caller, session.timeZone), definer]);
  }

  /**
   * Binds a query with the rights of `actor`. Rows are not read yet.
   * @throws SqlError of analysis and of privileges.
   */
  prepare(query: Query, asker: Asker, options: PrepareOptions = {}): PreparedQuery {
    const { definer = null, defaults = asker.session, depth = 0, target } = options;
    if (depth > 50) throw tooDeep();
    const findings: Findings = { usesTime: false, volatile: false };
    const materials = new Map<string, Material>();
    const relations = new Map<string, ReadRelation>();
    const parameters = new Map<string, { name: string; ordinal: number }>();
    const recheck: (() => void)[] = [];
    const usedTemporary = new Set<string>();
    let nested = 0;
    let expanded = 0;
    const actor: Actor = definer ?? asker.caller;
    const session = sessionValues(asker.caller, asker.session, findings, 'CAST($now AS TIMESTAMPTZ)');

    const state = stateOf(asker.session, asker.caller);
    const temporary = (given: readonly string[], travel?: Travel) => {
      const view = temporaryView(state, given);
      if (!view) return undefined;
      if (travel) throw noTimeTravel(given);
      expanded += 1;
      if (nested > 50 || expanded > 500) throw tooDeep();
      nested += 1;
      usedTemporary.add(view.name);
      const inner = new QueryBinder(temporaryEnvironment(view.defaults)).query(parseQueryText(view.query));
      nested -= 1;
      if (inner.columns.length !== view.columns.length) throw viewChanged(view.name);
      const columns = view.columns.map(({ name }, i) => ({ name, type: inner.columns[i]?.type ?? t.string }));
      return { sql: `(${inner.sql})`, columns, name: [view.name] };
    };
    const read = (
      as: Actor,
      given: readonly string[],
      names: { catalog: string; schema: string },
      travel?: Travel,
    ) => {
      const own = virtualName(this.#parts.resolver, given, names);
      if (own) {
        if (travel) throw noTimeTravel(given);
        const relation = virtualRelation(own, as, asker.caller, this.#parts);
        const material = this.#virtualMaterial(own, relation);
        materials.set(material.key, material);
        relations.set(fullName(own), { name: fullName(own), rowFilter: null, masks: [] });
        return {
          sql: `"${material.name}"`,
          columns: relation.columns.map(({ name }, i) => ({ name, type: material.types[i] ?? t.string })),
          name: [own.catalog, own.schema, own.name],
        };
      }
      const present = this.#readable(as, given, names);
      const found = travel ? this.#then(present, travel, asker) : present;
      if (as === actor) recheck.push(() => this.#readable(as, given, names));
      else this.#refuseForeign(actor, found);
      const material = this.#material(found, asker, relations, depth);
      materials.set(material.key, material);
      return {
        sql: `"${material.name}"`,
        columns: found.columns.map((info, i) => ({
          name: info.name,
          type: material.types[i] ?? parseType(info.type),
        })),
        name: [found.name.catalog, found.name.schema, found.name.name],
      };
    };
    const rowId = `rid_${target?.token}`;
    const readTarget = ({ table }: ChangeTarget) => {
      const material = this.#tableMaterial(table, asker, relations, true);
      materials.set(material.key, material);
      return {
        sql: `(SELECT *, c${table.columns.length} AS "${rowId}" FROM "${material.name}")`,
        columns: table.columns.map((info) => ({ name: info.name, type: parseType(info.type) })),
        name: [table.name.catalog, table.name.schema, table.name.name],
      };
    };
    const environmentOf = (
      as: Actor,
      names: { catalog: string; schema: string },
      own: boolean,
    ): Environment => ({
      session,
      relation: (given, travel) =>
        own && target && given.length === 1 && given[0] === target.token
          ? readTarget(target)
          : ((own && definer === null ? temporary(given, travel) : undefined) ??
            read(as, given, names, travel)),
      routine: (given) => {
        const found = orMissing(() => this.#parts.resolver.function(as, given, names));
        if (!found) return undefined;
        const check = () => this.#parts.resolver.require(as, 'EXECUTE', functionRef(found.name));
        check();
        recheck.push(check);
        return routineOf(found, environmentOf(found.owner, found.defaults, false));
      },
      ...(own && definer === null ? { variable: (given) => variableOf(state, given) } : {}),
      parameter: (name, ordinal) =>
        own && name === target?.token
          ? { sql: `"${rowId}"`, type: t.bigint, value: null }
          : own && definer === null
            ? this.#parameter(name, ordinal, asker, parameters)
            : unbound(name),
    });
    /** A temporary view sees what its session sees, without the parameters of the statement around it. */
    const temporaryEnvironment = (names: { catalog: string; schema: string }): Environment => ({
      ...environmentOf(actor, names, true),
      parameter: unbound,
    });
    const bound = new QueryBinder(environmentOf(actor, defaults, true)).query(query);
    return {
      bound,
      tables: new Set([...materials.values()].map((material) => material.name)),
      materials: [...materials.values()],
      relations: [...relations.values()],
      parameters,
      findings,
      recheck,
      temporary: [...usedTemporary],
    };
  }

  #readable(as: Actor, given: readonly string[], names: { catalog: string; schema: string }): RelationInfo {
    const found = this.#parts.resolver.relation(as, given, names);
    this.#parts.resolver.require(as, 'SELECT', tableRef(found.name));
    return found;
  }

  /** The table as it was; whose filters and masks count is the asker, behind views too. */
  #then(found: RelationInfo, travel: Travel, { caller, session }: Asker): TableInfo {
    const { catalog: container, schema, name } = found.name;
    if (found.kind === 'view') throw noTimeTravel([container, schema, name]);
    const traveller = { catalog: this.#parts.catalog, caller, timeZone: session.timeZone };
    return tableThen(traveller, found, travel).table;
  }

  /** A function's body reads with its owner's rights; those rows may not enter the caller's instance unless the caller may read them too. */
  #refuseForeign(actor: Actor, found: RelationInfo): void {
    if (this.#parts.resolver.may(actor, 'SELECT', tableRef(found.name))) return;
    throw notSupported(
      `calling a function that reads ${fullName(found.name)} with its owner's rights`,
      `Grant SELECT on ${fullName(found.name)} to the caller, or offer the data through a view.`,
    );
  }

  #parameter(
    name: string,
    ordinal: number,
    asker: Asker,
    used: Map<string, { name: string; ordinal: number }>,
  ) {
    const found = given(asker.parameters, name, ordinal);
    if (!found) return unbound(name === '?' ? `_${ordinal}` : name);
    const key = name === '?' ? `p${ordinal}` : `n_${Buffer.from(name.toLowerCase()).toString('hex')}`;
    used.set(key, { name, ordinal });
    const declared = (found.type ?? 'STRING').toUpperCase();
    const type = declared === 'VOID' ? t.void : parseType(declared);
    const raw = { sql: `CAST($${key} AS VARCHAR)`, type: t.string, name: `:${name}`, simple: true };
    const value =
      type.kind === 'void'
        ? { ...raw, sql: 'NULL', type }
        : found.items
          ? { ...raw, sql: `CAST(${raw.sql} AS ${duckType(type)})`, type }
          : cast(raw, type);
    return { sql: value.sql, type, value: parameterText(found) };
  }

  #material(
    found: RelationInfo,
    asker: Asker,
    relations: Map<string, ReadRelation>,
    depth: number,
  ): Material {
    return found.kind === 'table'
      ? this.#tableMaterial(found, asker, relations)
      : this.#viewMaterial(found, asker, relations, depth);
  }

  #virtualMaterial(name: ObjectName, relation: VirtualRelation): Material {
    const types = virtualTypes(relation);
    const made = this.#parts.instances.nameFor(JSON.stringify(['virtual', name, relation.rows]), false);
    const fill = (target: SubjectInstance, signal?: AbortSignal) =>
      fillVirtual(relation, target.connections, made.name, signal);
    return { ...made, types, volatile: false, fill };
  }

  #tableMaterial(
    table: TableInfo,
    asker: Asker,
    relations: Map<string, ReadRelation>,
    rowIds = false,
  ): Material {
    const full = fullName(table.name);
    const rows = table.segments.reduce((sum, segment) => sum + segment.rows, 0);
    if (rows > this.#parts.maxRows) throw tooLarge(full, rows, this.#parts.maxRows);
    const findings: Findings = { usesTime: false, volatile: false };
    const session = sessionValues(
      asker.caller,
      asker.session,
      findings,
      `make_timestamptz(${this.#parts.now()}000)`,
    );
    const secured = securedTable(table, session, { ...this.#parts, caller: asker.caller }, rowIds);
    relations.set(full, { name: full, rowFilter: secured.rowFilter, masks: secured.masks });
    const volatile = rowIds || findings.usesTime || findings.volatile;
    // The text names the segments, the session's answers and the bodies: all that decides which rows come out.
    const { key, name } = this.#parts.instances.nameFor(`${asker.session.timeZone}|${secured.sql}`, volatile);
    const fill = async (target: SubjectInstance, signal?: AbortSignal) => {
      const trusted = await this.#parts.engine.trusted();
      return trusted.use(async (lent) => {
        try {
          await lent.run(`SET TimeZone = ${quote(asker.session.timeZone)}`);
          const visible = await lent.connection.stream(secured.sql);
          return await copyRows(visible, target.connections, name);
        } catch (error) {
          throw withoutValues(error, full);
        }
      }, signal);
    };
    return { key, name, types: secured.types, volatile, fill };
  }

  /**
   * A view is computed with its owner's rights in an instance of its own, so that neither the caller's SQL nor the
   * view's meets rows it may not see; its result is what the caller's instance gets.
   */
  #viewMaterial(view: ViewInfo, asker: Asker, relations: Map<string, ReadRelation>, depth: number): Material {
    const types = view.columns.map((info) => parseType(info.type));
    const prepared = this.prepare(parseQueryText(view.query), asker, {
      definer: view.owner,
      defaults: view.defaults,
      depth: depth + 1,
    });
    if (prepared.bound.columns.length !== types.length) throw viewChanged(fullName(view.name));
    relations.set(fullName(view.name), { name: fullName(view.name), rowFilter: null, masks: [] });
    for (const relation of prepared.relations) relations.set(relation.name, relation);
    const volatile =
      prepared.findings.usesTime || prepared.findings.volatile || prepared.materials.some((m) => m.volatile);
    const instanceKey = this.instanceKey(asker, view.owner);
    const content = JSON.stringify(['view', instanceKey, prepared.bound.sql, view.columns]);
    const { key, name } = this.#parts.instances.nameFor(content, volatile);
    const fill = async (target: SubjectInstance, signal?: AbortSignal) => {
      const inner = await this.#parts.instances.lend(instanceKey, asker.session.timeZone);
      try {
        return await this.run(prepared, inner, asker, {
          types,
          use: (result) => this.#copyView(result, target, name, view),
          ...(signal ? { signal } : {}),
        });
      } finally {
        await this.#parts.instances.release(inner);
      }
    };
    return { key, name, types, volatile, fill };
  }

  async #copyView(result: DuckDBResult, target: SubjectInstance, name: string, view: ViewInfo) {
    try {
      return await copyRows(result, target.connections, name, this.#parts.maxRows);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw tooLarge(fullName(view.name), undefined, this.#parts.maxRows);
    }
  }

  /** Brings the rows, runs the text and gives the streamed result to `use`. */
  async run<T>(
    prepared: PreparedQuery,
    instance: SubjectInstance,
    asker: Asker,
    how: RunOptions<T>,
  ): Promise<T> {
    const held: string[] = [];
    try {
      for (const material of prepared.materials) {
        await instance.hold(material, () => material.fill(instance, how.signal), how.signal);
        held.push(material.key);
      }
      const sql = how.types ? castColumns(prepared.bound, how.types) : prepared.bound.sql;
      return await instance.connections.use(async (lent) => {
        try {
          await how.check?.(lent, sql);
          return await how.use(await lent.stream(sql, this.#values(prepared, asker)));
        } catch (error) {
          throw error instanceof BrickboxError ? error : sparkError(error);
        }
      }, how.signal);
    } finally {
      await instance.unpin(held);
    }
  }

  #values(prepared: PreparedQuery, asker: Asker): ParameterValues {
    const values: Record<string, string | null> = {};
    for (const [key, { name, ordinal }] of prepared.parameters) {
      // A parameter inside IDENTIFIER() became a name and is no value of the text any more.
      if (!new RegExp(`\\$${key}\\b`).test(prepared.bound.sql)) continue;
      const found = given(asker.parameters, name, ordinal);
      if (found && found.type?.toUpperCase() !== 'VOID') values[key] = parameterText(found);
    }
    if (prepared.bound.sql.includes('$now')) values['now'] = new Date(this.#parts.now()).toISOString();
    return values;
  }
}

interface RunOptions<T> {
  use(result: DuckDBResult): Promise<T>;
  /** Cast the columns to these. */
  types?: readonly Type[];
  signal?: AbortSignal;
  check?(lent: Lent, sql: string): Promise<void>;
}

/** `:name` by name, `?` by ordinal or else by place among the unnamed. */
function given(parameters: readonly SqlParameter[], name: string, ordinal: number): SqlParameter | undefined {
  if (name !== '?') return parameters.find((p) => p.name?.toLowerCase() === name.toLowerCase());
  return (
    parameters.find((p) => p.ordinal === ordinal) ??
    parameters.filter((p) => p.ordinal === undefined && (p.name === undefined || p.name === ''))[ordinal - 1]
  );
}

function tooDeep(): SqlError {
  return new SqlError(
    'VIEW_EXCEED_MAX_NESTED_DEPTH',
    '54K00',
    'The depth of the view exceeds the maximum view resolution depth (50).',
  );
}

function viewChanged(name: string): SqlError {
  return new SqlError(
    'INCOMPATIBLE_VIEW_SCHEMA_CHANGE',
    '51024',
    `The SQL query of view ${name} has an incompatible schema change and can no longer be read. Create the view again.`,
  );
}

function unbound(name: string): never {
  throw new SqlError(
    'UNBOUND_SQL_PARAMETER',
    '42P02',
    `Found the unbound parameter: ${name}. Please, fix \`args\` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as \`map()\`, \`array()\`, \`struct()\`.`,
  );
}

function castColumns(bound: BoundQuery, types: readonly Type[]): string {
  const columns = bound.columns.map(
    (c, i) =>
      `${cast({ sql: `o.c${i}`, type: c.type, name: c.name, simple: true }, types[i] ?? c.type).sql} AS c${i}`,
  );
  return `SELECT ${columns.join(', ')} FROM (${bound.sql}) AS o`;
}

function tooLarge(name: string, rows: number | undefined, limit: number): SqlError {
  return new SqlError(
    'UNSUPPORTED_FEATURE.LARGE_TABLE',
    '0A000',
    `${rows === undefined ? `The view ${name} gives too many rows` : `The table ${name} has ${rows} rows`}. The Brickbox warehouse reads tables of up to ${limit} rows.`,
    {
      rule: 'visible rows are copied into an instance of the caller before any of their SQL runs',
      fix: 'Use a smaller sample of the table for tests.',
    },
  );
}

/** Errors of a filter or mask reach the caller by class only: their text could hold values of hidden rows. */
function withoutValues(error: unknown, table: string): SqlError {
  const known = sparkError(error);
  return new SqlError(
    known.errorClass,
    known.sqlState,
    `The row filter or a column mask of ${table} failed while reading the table.`,
    {
      rule: `a policy function of ${table} raised ${known.errorClass}`,
      fix: 'Make the function accept every value of the column. Brickbox does not show the value, because the caller may not see it.',
    },
  );
}
