import { BrickboxError, type Clock, type Ids, type Log, SqlError } from '../../emulator/core/index.ts';
import type { Journal, JournalCaller } from '../../emulator/journal/index.ts';
import type { Caller, Policy } from '../../emulator/policy/index.ts';
import type { Catalog } from './catalog/index.ts';
import { Changer } from './changes.ts';
import type { SqlSession, StatementRequest, StatementResult, Warehouse } from './contract.ts';
import { createEngine, type Engine } from './duckdb/index.ts';
import { type Asker, Instances, QueryReader, type ReadRelation } from './governance/index.ts';
import { loadFile } from './load-file.ts';
import { type Constants, parseStatement } from './parser/index.ts';
import { Queries } from './queries.ts';
import { refuseUnasked } from './result-limit.ts';
import { sessionVariable, stateOf } from './session.ts';
import { resetParameter, sessionTimeout, setParameter } from './session-parameters.ts';
import { SessionStatements } from './session-statements.ts';
import { createCommands } from './statements/index.ts';
import { Writer } from './writes.ts';

export interface WarehouseOptions {
  catalog: Catalog;
  policy: Policy;
  journal: Journal;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** Shared by sandboxes that share seed data. Default: one of its own, closed with the warehouse. */
  engine?: Engine;
  limits?: {
    instances?: number;
    tables?: number;
    tableRows?: number;
    resultRows?: number;
    resultBytes?: number;
    milliseconds?: number;
  };
}

/** Answers of one statement, before the journal and the ids. */
export interface Outcome extends Omit<StatementResult, 'statementId' | 'truncated'> {
  truncated?: boolean;
  relations?: readonly ReadRelation[];
}

/**
 * The warehouse of one sandbox. User SQL runs in locked instances that hold only what its caller may see; see
 * `governance/`.
 */
export function createWarehouse(options: WarehouseOptions): Warehouse {
  const { catalog, policy, journal, clock, ids } = options;
  const engine = options.engine ?? createEngine();
  const limits = options.limits ?? {};
  const instances = new Instances(engine, {
    instances: limits.instances ?? 16,
    tables: limits.tables ?? 200,
  });
  const commands = createCommands({ catalog, policy, enforcesPolicies: true });
  const reader = new QueryReader({
    catalog,
    policy,
    resolver: commands.resolver,
    engine,
    instances,
    maxRows: limits.tableRows ?? 5_000_000,
    now: () => clock.now(),
  });
  const queries = new Queries({ reader, instances, catalog, policy, log: options.log });
  const writer = new Writer({ reader, instances, engine, catalog, commands, clock });
  const sessions = new SessionStatements(reader);
  const changer = new Changer({ reader, instances, engine, catalog, commands });
  const defaults = {
    rows: limits.resultRows ?? 5_000_000,
    bytes: limits.resultBytes ?? 512 * 1024 * 1024,
    milliseconds: limits.milliseconds ?? 600_000,
  };

  const dispatch = async (
    request: StatementRequest,
    signal: AbortSignal,
    seen: ReadRelation[],
    nested = 0,
  ): Promise<Outcome> => {
    const { caller, session } = request;
    const asker: Asker = { caller, session, parameters: request.parameters ?? [] };
    const statement = parseStatement(request.text, constantsOf(asker));
    const runText = async (text: string) => {
      const { rows } = await queries.execute(text, asker, { ...defaults, rows: 2 }, signal, seen);
      return rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : null)));
    };
    const changed = (next: SqlSession): Outcome => ({ columns: [], rows: [], session: next });
    const by = { caller, session };
    switch (statement.kind) {
      case 'query':
        return {
          ...(await queries.execute(statement.text, asker, { ...defaults, ...request.limits }, signal, seen)),
          session,
        };
      case 'explain':
        return { ...queries.explain(statement.query, asker), session };
      case 'insert':
        return {
          columns: [],
          rows: [],
          session,
          affectedRows: await writer.insert(statement, asker, signal, seen),
        };
      case 'update':
      case 'delete':
      case 'merge':
        return { ...(await changer.change(statement, asker, signal, seen)), session };
      case 'truncate':
        await changer.truncate(statement, asker, signal, seen);
        return { columns: [], rows: [], session };
      case 'create_temp_view':
        return changed(sessions.createView(statement, asker));
      case 'declare_variable':
        return changed(await sessions.declare(statement, asker, runText));
      case 'set_variable':
        return changed(await sessions.set(statement, asker, runText));
      case 'set_parameter': {
        const { session: next, rows } = setParameter(statement, session, caller);
        return { columns: settingColumns, rows, session: next };
      }
      case 'reset_parameter':
        return changed(resetParameter(statement.name, session, caller));
      case 'drop_variable':
        return changed(sessions.drop(statement, asker));
      case 'execute_immediate': {
        if (nested >= deepestImmediate) throw nestedImmediate();
        const text = await sessions.text(statement.text, asker, runText);
        const parameters = await sessions.parameters(statement.using, asker, runText);
        const inner: StatementRequest = { ...request, text, parameters };
        if (statement.into === null) return dispatch(inner, signal, seen, nested + 1);
        const query = parseStatement(text, constantsOf({ ...asker, parameters }));
        if (query.kind !== 'query') throw noQuery(text);
        const run = async (sql: string) => {
          const using = { ...asker, parameters };
          const { rows } = await queries.execute(sql, using, { ...defaults, rows: 2 }, signal, seen);
          return rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : null)));
        };
        const variables = sessions.variables(statement.into, asker);
        return changed(await sessions.assign(variables, query.text, asker, run));
      }
      case 'drop': {
        const next = sessions.dropView(statement, asker);
        return next ? changed(next) : commands.execute(statement, by);
      }
      case 'create_view':
        writer.createView(statement, asker);
        return { columns: [], rows: [], session };
      case 'create_table':
        if (statement.asQuery !== undefined) {
          await writer.createTableAs(statement, statement.asQuery, asker, signal, seen);
          return { columns: [], rows: [], session };
        }
        return commands.execute(statement, by);
      default:
        return commands.execute(statement, by);
    }
  };

  return {
    async execute(request) {
      const statementId = request.statementId ?? ids.uuid('statement');
      const started = performance.now();
      const ended = engine.reading();
      const relations: ReadRelation[] = [];
      const time = limited(
        Math.min(
          request.limits?.milliseconds ?? defaults.milliseconds,
          sessionTimeout(request.session, request.caller) ?? Number.POSITIVE_INFINITY,
        ),
        request.signal,
      );
      const note = (state: 'SUCCEEDED' | 'FAILED' | 'CANCELED', rows: number | null, error?: SqlError) =>
        journal.append({
          kind: 'statement',
          exchange: request.caller.exchange,
          caller: journalCaller(request.caller),
          statementId,
          text: request.text,
          state,
          rows,
          duration: performance.now() - started,
          relations: relations.map(({ name, rowFilter, masks }) => ({ name, rowFilter, masks })),
          ...(error
            ? { errorClass: error.errorClass, sqlState: error.sqlState, message: error.message }
            : {}),
          ...(error?.explanation ? { explanation: error.explanation } : {}),
        });
      try {
        const outcome = await dispatch(request, time.signal, relations);
        if (outcome.truncated) refuseUnasked(outcome.rows.length, request.limits, defaults);
        note('SUCCEEDED', outcome.rows.length);
        const { columns, rows, session, truncated = false, affectedRows } = outcome;
        return {
          statementId,
          columns,
          rows,
          session,
          truncated,
          ...(affectedRows === undefined ? {} : { affectedRows }),
        };
      } catch (error) {
        const shown = time.explain(error);
        if (shown instanceof SqlError)
          note(shown.errorClass === 'OPERATION_CANCELED' ? 'CANCELED' : 'FAILED', null, shown);
        else
          options.log.error(
            `statement ${statementId} failed inside Brickbox: ${shown instanceof BrickboxError ? shown.code : 'unexpected error'}`,
          );
        throw shown;
      } finally {
        ended();
        time.done();
      }
    },
    loadFile: ({ caller, table, file }) =>
      loadFile({ engine, catalog, commands, policy }, { caller, table, file }),
    async close() {
      await instances.close();
      if (!options.engine) await engine.close();
    },
  };
}

const settingColumns = ['key', 'value'].map((name) => ({ name, type: 'STRING', nullable: false }));

/** One signal for "cancelled by the client" and "took too long". */
function limited(milliseconds: number, outer?: AbortSignal) {
  const controller = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, milliseconds);
  timer.unref();
  const cancel = () => controller.abort();
  if (outer?.aborted) cancel();
  outer?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    explain(error: unknown): unknown {
      if (!controller.signal.aborted) return error;
      return late
        ? new SqlError(
            'STATEMENT_TIMEOUT',
            '57014',
            `The statement was stopped after ${Math.round(milliseconds / 1000)} seconds.`,
          )
        : new SqlError('OPERATION_CANCELED', 'HY008', 'Operation has been canceled.');
    },
    done() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', cancel);
    },
  };
}

function journalCaller(caller: Caller): JournalCaller {
  const { principal, how, app, tokenId } = caller;
  return { principal: principal.name, kind: principal.kind, how, app, tokenId };
}

/** What IDENTIFIER() may name in a statement that is no query. */
function constantsOf({ caller, session, parameters }: Asker): Constants {
  const state = stateOf(session, caller);
  return {
    parameter: (name, ordinal) => {
      const found =
        name === ''
          ? (parameters.find((p) => p.ordinal === ordinal) ??
            parameters.filter((p) => p.ordinal === undefined && !p.name)[ordinal - 1])
          : parameters.find((p) => p.name?.toLowerCase() === name.toLowerCase());
      return found ? (found.value ?? null) : undefined;
    },
    variable: (parts) => sessionVariable(state, parts)?.value,
  };
}

/** A statement that executes itself must end. Assumed depth. */
const deepestImmediate = 8;

function nestedImmediate(): SqlError {
  return new SqlError(
    'NESTED_EXECUTE_IMMEDIATE',
    '07501',
    'Nested EXECUTE IMMEDIATE commands are not allowed. Please ensure that the SQL query provided does not contain another EXECUTE IMMEDIATE command.',
  );
}

function noQuery(text: string): SqlError {
  return new SqlError(
    'INVALID_STATEMENT_FOR_EXECUTE_INTO',
    '07501',
    `The \`INTO\` clause of \`EXECUTE IMMEDIATE\` is only valid for queries but the given statement is not a query: ${text}.`,
  );
}
