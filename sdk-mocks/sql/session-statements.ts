import { SqlError } from '../../emulator/core/index.ts';
import type { Column, SessionState, SessionVariable, SqlParameter, SqlSession } from './contract.ts';
import { notSupported, parseQueryText, parseType, quotedName, sameType, typeText } from './dialect/index.ts';
import type { Asker, QueryReader } from './governance/index.ts';
import type { Statement } from './parser/index.ts';
import {
  sessionName,
  sessionVariable,
  stateOf,
  temporaryView,
  withoutVariable,
  withoutView,
  withVariable,
  withView,
} from './session.ts';

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;

/** Runs a query of the session itself, with its caller's rights, and gives rows of text. */
type RunText = (query: string) => Promise<readonly (readonly (string | null)[])[]>;

/** Statements that change nothing but the session: temporary views and variables. */
export class SessionStatements {
  readonly #reader: QueryReader;

  constructor(reader: QueryReader) {
    this.#reader = reader;
  }

  /** The view is bound once, so that its errors come now. It keeps no rights: each reading checks them again. */
  createView(statement: Of<'create_temp_view'>, asker: Asker): SqlSession {
    const { session, caller } = asker;
    const state = stateOf(session, caller);
    if (!statement.orReplace && temporaryView(state, [statement.name])) {
      throw new SqlError(
        'TEMP_TABLE_OR_VIEW_ALREADY_EXISTS',
        '42P07',
        `Cannot create the temporary view ${quotedName([statement.name])} because it already exists. Choose a different name, drop or replace the existing view, or add the IF NOT EXISTS clause to tolerate pre-existing views.`,
      );
    }
    const prepared = this.#reader.prepare(parseQueryText(statement.query), { ...asker, parameters: [] });
    if (prepared.temporary.some((used) => used.toLowerCase() === statement.name.toLowerCase())) {
      throw new SqlError(
        'RECURSIVE_VIEW',
        '42K0H',
        `Recursive view ${quotedName([statement.name])} detected (cycle: ${quotedName([statement.name])} -> ${quotedName([statement.name])}).`,
      );
    }
    const { columns } = prepared.bound;
    if (statement.columns && statement.columns.length !== columns.length) {
      const more = statement.columns.length > columns.length;
      throw new SqlError(
        `CREATE_VIEW_COLUMN_ARITY_MISMATCH.${more ? 'NOT_ENOUGH' : 'TOO_MANY'}_DATA_COLUMNS`,
        '21S01',
        `Cannot create view ${quotedName([statement.name])}, the reason is ${more ? 'not enough' : 'too many'} data columns: view columns: ${statement.columns.length}, data columns: ${columns.length}.`,
      );
    }
    const made = columns.map(({ name, type }, i): Column => {
      const given = statement.columns?.[i];
      return { name: given?.name ?? name, type: typeText(type), nullable: true, ...comment(given?.comment) };
    });
    refuseTwins(made);
    const { catalog, schema } = session;
    const view = {
      name: statement.name,
      query: statement.query,
      columns: made,
      defaults: { catalog, schema },
    };
    return { ...session, state: withView(state, view) };
  }

  /** DROP VIEW of a temporary view; undefined when there is none of that name. */
  dropView(statement: Of<'drop'>, { session, caller }: Asker): SqlSession | undefined {
    if (statement.object !== 'view') return undefined;
    const state = stateOf(session, caller);
    const found = temporaryView(state, statement.name);
    return found ? { ...session, state: withoutView(state, found.name) } : undefined;
  }

  async declare(statement: Of<'declare_variable'>, asker: Asker, run: RunText): Promise<SqlSession> {
    const { session, caller } = asker;
    let state = stateOf(session, caller);
    const given = statement.names.map((parts) => parts.at(-1)?.toLowerCase());
    const twice = given.find((name, i) => given.indexOf(name) !== i);
    if (twice !== undefined)
      throw new SqlError(
        'DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE',
        '42734',
        `Found duplicate variable \`${twice}\` in the declare variable list. Please, remove one of them.`,
      );
    const type = statement.type ?? this.typeOf(statement.default ?? 'NULL', asker);
    refuseNested(type);
    const value = statement.default === null ? null : await evaluate(statement.default, type, run);
    for (const parts of statement.names) {
      const name = sessionName(parts);
      if (name === undefined)
        throw new SqlError(
          'INVALID_VARIABLE_DECLARATION.QUALIFIED_LOCAL_VARIABLE',
          '42K0M',
          `Invalid variable declaration. The name ${quotedName(parts)} must be in the schema system.session.`,
        );
      if (!statement.orReplace && sessionVariable(state, [name]))
        throw new SqlError(
          'VARIABLE_ALREADY_EXISTS',
          '42723',
          `Cannot create the variable ${quotedName(['system', 'session', name])} because it already exists. Choose a different name, or drop or replace the existing variable.`,
        );
      state = withVariable(state, { name, type, default: statement.default, value });
    }
    return { ...session, state };
  }

  drop(statement: Of<'drop_variable'>, { session, caller }: Asker): SqlSession {
    const state = stateOf(session, caller);
    const found = sessionVariable(state, statement.name);
    if (found) return { ...session, state: withoutVariable(state, found.name) };
    if (statement.ifExists) return session;
    throw new SqlError(
      'VARIABLE_NOT_FOUND',
      '42883',
      `The variable ${quotedName(statement.name)} cannot be found. Verify the spelling and correctness of the schema and catalog.`,
    );
  }

  async set(statement: Of<'set_variable'>, asker: Asker, run: RunText): Promise<SqlSession> {
    const variables = targets(stateOf(asker.session, asker.caller), statement.targets);
    if (statement.query !== null) return this.assign(variables, statement.query, asker, run);
    const values: (string | null)[] = [];
    for (const [i, variable] of variables.entries()) {
      const given = statement.values[i] ?? variable.default;
      values.push(given === null ? null : await evaluate(given, variable.type, run));
    }
    return assigned(asker, variables, values);
  }

  /** A query of at most one row into variables; no row makes them NULL (docs: SET VARIABLE). */
  async assign(
    variables: readonly SessionVariable[],
    query: string,
    asker: Asker,
    run: RunText,
  ): Promise<SqlSession> {
    const names = variables.map((_v, i) => `v${i}`);
    const casts = variables.map((v, i) => `CAST(CAST(q.v${i} AS ${v.type}) AS STRING)`);
    const rows = await run(`SELECT ${casts.join(', ')} FROM (${query}\n) AS q(${names.join(', ')}) LIMIT 2`);
    if (rows.length > 1)
      throw new SqlError(
        'ROW_SUBQUERY_TOO_MANY_ROWS',
        '21000',
        'More than one row returned by a subquery used as a row.',
      );
    return assigned(
      asker,
      variables,
      variables.map((_v, i) => rows[0]?.[i] ?? null),
    );
  }

  /** Variables by name. @throws SqlError UNRESOLVED_VARIABLE, DUPLICATE_ASSIGNMENTS */
  variables(names: readonly (readonly string[])[], { session, caller }: Asker): SessionVariable[] {
    return targets(stateOf(session, caller), names);
  }

  /** USING of EXECUTE IMMEDIATE: all named or all by place. */
  async parameters(
    using: Of<'execute_immediate'>['using'],
    asker: Asker,
    run: RunText,
  ): Promise<SqlParameter[]> {
    // A variable given by place also answers to its own name (code: Spark EXECUTE IMMEDIATE).
    const ownName = (value: string) => (/^[A-Za-z_]\w*$/.test(value) ? value : undefined);
    const named = using.filter(({ name }) => name !== null).map(({ name }) => name?.toLowerCase());
    if (new Set(named).size < named.length)
      throw new SqlError(
        'EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES',
        '42701',
        'The USING clause of this EXECUTE IMMEDIATE command contained multiple arguments with same alias, which is invalid; please update the command to specify unique aliases and then try it again.',
      );
    if (named.length > 0 && using.some(({ name, value }) => name === null && !ownName(value)))
      throw new SqlError(
        'ALL_PARAMETERS_MUST_BE_NAMED',
        '07001',
        'Using name parameterized queries requires all parameters to be named.',
      );
    const made: SqlParameter[] = [];
    for (const [i, { value, name }] of using.entries()) {
      const type = this.typeOf(value, asker);
      refuseNested(type);
      const text = await evaluate(value, type, run);
      const own = name ?? ownName(value);
      const place = name === null ? { ordinal: i + 1 } : {};
      made.push({ type, value: text, ...place, ...(own === undefined ? {} : { name: own }) });
    }
    return made;
  }

  /** The statement's own text. @throws SqlError unless it is a constant string. */
  async text(expression: string, asker: Asker, run: RunText): Promise<string> {
    const type = this.typeOf(expression, asker);
    if (!sameType(parseType(type), parseType('STRING')) && type !== 'VOID')
      throw new SqlError(
        'INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE',
        '42K09',
        `Expression type must be string type but got "${type}".`,
      );
    const text = await evaluate(expression, 'STRING', run);
    if (text === null)
      throw new SqlError(
        'NULL_QUERY_STRING_EXECUTE_IMMEDIATE',
        '22004',
        'Execute immediate requires a non-null variable as the query string, but the provided variable is null.',
      );
    return text;
  }

  typeOf(expression: string, asker: Asker): string {
    const [only] = this.#reader.prepare(parseQueryText(`SELECT (${expression}\n)`), asker).bound.columns;
    return only ? typeText(only.type) : 'VOID';
  }
}

async function evaluate(expression: string, type: string, run: RunText): Promise<string | null> {
  if (type === 'VOID') return null;
  const [row] = await run(`SELECT CAST(CAST((${expression}\n) AS ${type}) AS STRING)`);
  return row?.[0] ?? null;
}

function assigned(
  { session, caller }: Asker,
  variables: readonly SessionVariable[],
  values: readonly (string | null)[],
): SqlSession {
  let state = stateOf(session, caller);
  for (const [i, variable] of variables.entries())
    state = withVariable(state, { ...variable, value: values[i] ?? null });
  return { ...session, state };
}

function targets(state: SessionState, names: readonly (readonly string[])[]): SessionVariable[] {
  const found = names.map((parts) => {
    const variable = sessionVariable(state, parts);
    if (variable) return variable;
    throw new SqlError(
      'UNRESOLVED_VARIABLE',
      '42883',
      `Cannot resolve variable ${quotedName(parts)} on search path [\`system\`.\`session\`].`,
    );
  });
  const twice = found.find((variable, i) => found.indexOf(variable) !== i);
  if (twice)
    throw new SqlError(
      'DUPLICATE_ASSIGNMENTS',
      '42701',
      `The columns or variables \`${twice.name}\` appear more than once as assignment targets.`,
    );
  return found;
}

/** Values travel as text; nested ones and bytes have no text that casts back. */
function refuseNested(type: string): void {
  if (/^(?:ARRAY|MAP|STRUCT|VARIANT|BINARY|INTERVAL)/i.test(type))
    throw notSupported(`a variable or parameter of the type ${type}`);
}

function refuseTwins(columns: readonly Column[]): void {
  const names = columns.map((column) => column.name.toLowerCase());
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin !== undefined)
    throw new SqlError(
      'COLUMN_ALREADY_EXISTS',
      '42711',
      `The column \`${twin}\` already exists. Choose another name or rename the existing column.`,
    );
}

const comment = (text: string | undefined) => (text === undefined ? {} : { comment: text });
