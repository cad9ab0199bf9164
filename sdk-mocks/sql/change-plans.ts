import { SqlError } from '../../emulator/core/index.ts';
import type { TableInfo } from './catalog/index.ts';
import {
  type Expression,
  notSupported,
  parseExpressionText,
  parseQueryText,
  type Query,
  quotedName,
  type Relation,
  unresolvedColumn,
} from './dialect/index.ts';
import type { Assignment, MergeClause, Statement } from './parser/index.ts';

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;
export type Change = Of<'update' | 'delete' | 'merge'>;

/** What happens to a row that a reading returns with this number. */
export interface ChangeAction {
  number: number;
  kind: 'update' | 'delete' | 'insert';
  /** Places of the columns that get new values. */
  columns: readonly number[];
}

export interface ChangePlan {
  /** Each gives: row id (null for a new row), number of the action (null for none), a value for every column. */
  readings: readonly Query[];
  actions: readonly ChangeAction[];
  /** A row may be named by one source row only. */
  unique: boolean;
}

interface Parsed {
  source: Relation | null;
  expressions: readonly Expression[];
}

interface Step {
  when: MergeClause['when'];
  condition: Expression | null;
  action: ChangeAction;
  values: ReadonlyMap<number, Expression>;
}

/**
 * The reading half of a change as queries over `token`, the name of the target that only we know.
 * @throws SqlError of syntax and of unknown columns.
 */
export function planChange(change: Change, table: TableInfo, token: string): ChangePlan {
  const clauses = clausesOf(change);
  const texts = new Texts();
  const where = change.kind === 'merge' ? change.on : change.where;
  const leading = where === null || change.kind === 'update' ? null : texts.add(where);
  const slots = clauses.map((clause) => ({
    clause,
    condition: clause.condition === null ? null : texts.add(clause.condition),
    values: valuesOf(clause).map((value) => (value === null ? null : texts.add(value))),
  }));
  const condition = where === null ? null : (leading ?? texts.add(where));
  const { source: given, expressions } = parseTogether(
    change.kind === 'merge' ? change.source : null,
    texts.list,
  );
  const source = given && named(given, token);
  const at = (slot: number | null) => (slot === null ? null : (expressions[slot] ?? null));
  const steps = slots.map((slot, i): Step => {
    const values = newValues(slot.clause, slot.values.map(at), table, change, source);
    return {
      when: slot.clause.when,
      condition: at(slot.condition),
      values,
      action: { number: i + 1, kind: slot.clause.action.kind, columns: [...values.keys()] },
    };
  });
  const target: Relation = {
    kind: 'table',
    name: [token],
    alias: change.alias === null ? null : { name: change.alias, columns: null },
    at: 0,
  };
  const only = steps.length === 1 ? steps[0] : undefined;
  return {
    readings: source
      ? mergeReadings(steps, target, source, at(condition), table, token)
      : [reading(steps, rowId(token), target, at(condition), table)],
    actions: steps.map((step) => step.action),
    unique: !(only?.action.kind === 'delete' && only.condition === null),
  };
}

function clausesOf(change: Change): readonly MergeClause[] {
  if (change.kind === 'merge') return change.clauses;
  const action =
    change.kind === 'delete' ? { kind: 'delete' as const } : { kind: 'update' as const, set: change.set };
  return [{ when: 'matched', condition: null, action }];
}

function valuesOf({ action }: MergeClause): readonly (string | null)[] {
  if (action.kind === 'delete') return [];
  if (action.kind === 'insert') return action.values === '*' ? [] : action.values;
  return action.set === '*' ? [] : action.set.map((one) => one.value);
}

/** Texts in the order they were written, so that `?` keep their places. */
class Texts {
  readonly list: string[] = [];

  add(text: string): number {
    return this.list.push(text) - 1;
  }
}

/** @throws SqlError PARSE_SYNTAX_ERROR when a text is more or less than one expression. */
function parseTogether(source: string | null, texts: readonly string[]): Parsed {
  for (const text of texts) parseExpressionText(text);
  const select = `SELECT ${texts.length === 0 ? '1' : texts.join('\n, ')}`;
  const query = parseQueryText(source === null ? select : `WITH s AS (SELECT * FROM ${source}\n) ${select}`);
  const relation = sourceOf(query);
  if (query.body.kind !== 'select' || (source !== null && !relation)) {
    throw notSupported('a MERGE whose source is more than a table or a query in parentheses');
  }
  return { source: relation, expressions: query.body.items.map((item) => item.expression) };
}

function sourceOf(query: Query): Relation | null {
  const inner = query.ctes[0]?.query;
  if (!inner || query.ctes.length > 1 || inner.body.kind !== 'select') return null;
  const { where, group, having, qualify, from } = inner.body;
  const more = where ?? group ?? having ?? qualify ?? inner.limit ?? inner.offset;
  return more === null && inner.order.length === 0 && inner.body.windows.size === 0 ? from : null;
}

/** A source without a name gets one, for `*`. */
function named(source: Relation, token: string): Relation {
  const nameless = source.kind === 'subquery' || source.kind === 'values';
  return nameless && !source.alias ? { ...source, alias: { name: `s_${token}`, columns: null } } : source;
}

function qualifierOf(source: Relation | null): readonly string[] {
  if (source && 'alias' in source && source.alias && source.alias.name !== '') return [source.alias.name];
  if (source?.kind === 'table') return source.name;
  throw notSupported('SET * and INSERT * from a source without a name', 'Give the source an alias.');
}

function newValues(
  { action }: MergeClause,
  given: readonly (Expression | null)[],
  table: TableInfo,
  change: Change,
  source: Relation | null,
): ReadonlyMap<number, Expression> {
  if (action.kind === 'delete') return new Map();
  const all = action.kind === 'insert' ? action.values === '*' : action.set === '*';
  if (all) {
    const qualifier = qualifierOf(source);
    return new Map(
      table.columns.map(({ name }, i) => [i, { kind: 'column', parts: [...qualifier, name], at: 0 }]),
    );
  }
  const places =
    action.kind === 'insert'
      ? (action.columns?.map((name) => placeOf([name], table)) ?? table.columns.map((_column, i) => i))
      : assignments(action.set).map(({ column }) => assigned(column, table, change));
  if (new Set(places).size < places.length) throw conflict(places, table);
  if (places.length !== given.length) throw arity(table, given.length, places.length);
  const values = new Map(places.map((place, i) => [place, given[i] ?? defaultOf(table, place)]));
  if (action.kind === 'insert') {
    for (const place of table.columns.keys()) {
      if (!values.has(place)) values.set(place, defaultOf(table, place));
    }
  }
  return values;
}

const assignments = (set: readonly Assignment[] | '*'): readonly Assignment[] => (set === '*' ? [] : set);

function assigned(parts: readonly string[], table: TableInfo, change: Change): number {
  const before = parts.at(-2)?.toLowerCase();
  const names = [change.alias ?? table.name.name, table.name.name].map((name) => name.toLowerCase());
  if (before !== undefined && !names.includes(before)) {
    throw notSupported(
      `assigning to ${parts.join('.')}, a field of a column`,
      'Assign the whole column, with named_struct.',
    );
  }
  return placeOf(parts, table);
}

function placeOf(parts: readonly string[], table: TableInfo): number {
  const name = (parts.at(-1) ?? '').toLowerCase();
  const place = table.columns.findIndex((column) => column.name.toLowerCase() === name);
  if (place >= 0) return place;
  throw unresolvedColumn(
    parts,
    table.columns.map((column) => column.name),
  );
}

function defaultOf(table: TableInfo, place: number): Expression {
  const text = table.defaults.get((table.columns[place]?.name ?? '').toLowerCase());
  return text === undefined ? nothing : parseExpressionText(text);
}

function mergeReadings(
  steps: readonly Step[],
  target: Relation,
  source: Relation,
  on: Expression | null,
  table: TableInfo,
  token: string,
): Query[] {
  const join = (type: 'INNER' | 'ANTI', left: Relation, right: Relation): Relation => ({
    kind: 'join',
    type,
    left,
    right,
    on,
    using: null,
    natural: false,
    at: 0,
  });
  const from: Record<MergeClause['when'], [Expression, Relation]> = {
    matched: [rowId(token), join('INNER', target, source)],
    // Assumed: a source row that only hidden rows match counts as not matched, as if they were not there.
    not_matched: [nothing, join('ANTI', source, target)],
    not_matched_by_source: [rowId(token), join('ANTI', target, source)],
  };
  return Object.entries(from).flatMap(([when, [id, relation]]) => {
    const own = steps.filter((step) => step.when === when);
    return own.length === 0 ? [] : [reading(own, id, relation, null, table)];
  });
}

/** The first step whose condition holds decides. */
function reading(
  steps: readonly Step[],
  id: Expression,
  from: Relation,
  where: Expression | null,
  table: TableInfo,
): Query {
  const choose = (result: (step: Step) => Expression): Expression => {
    const [first] = steps;
    if (first && first.condition === null) return result(first);
    return {
      kind: 'case',
      operand: null,
      whens: steps.map((step) => ({ when: step.condition ?? yes, result: result(step) })),
      otherwise: null,
      at: 0,
    };
  };
  const values = table.columns.map(({ type }, place) =>
    choose((step) => ({
      kind: 'cast',
      operand: step.values.get(place) ?? nothing,
      type: { text: type, at: 0 },
      safe: false,
      at: 0,
    })),
  );
  const items = [id, choose((step) => literal(`${step.action.number}`)), ...values];
  return {
    at: 0,
    ctes: [],
    recursive: false,
    order: [],
    orderAll: null,
    limit: null,
    offset: null,
    body: {
      kind: 'select',
      distinct: false,
      items: items.map((expression) => ({ expression, alias: null, aliases: null })),
      from,
      where,
      group: null,
      having: null,
      qualify: null,
      windows: new Map(),
      at: 0,
    },
  };
}

const nothing: Expression = { kind: 'literal', literal: { type: 'null' }, at: 0 };
const yes: Expression = { kind: 'literal', literal: { type: 'boolean', value: true }, at: 0 };
const literal = (text: string): Expression => ({ kind: 'literal', literal: { type: 'number', text }, at: 0 });
const rowId = (token: string): Expression => ({ kind: 'parameter', name: token, ordinal: 0, at: 0 });

function conflict(places: readonly number[], table: TableInfo): SqlError {
  const twice = places.filter((place, i) => places.indexOf(place) !== i);
  const names = twice.map((place) => table.columns[place]?.name ?? '').join(', ');
  return new SqlError(
    'DELTA_CONFLICT_SET_COLUMN',
    '42701',
    `There is a conflict from these SET columns: ${names}.`,
  );
}

function arity(table: TableInfo, given: number, wanted: number): SqlError {
  const { catalog, schema, name } = table.name;
  const sub = given > wanted ? 'TOO_MANY_DATA_COLUMNS' : 'NOT_ENOUGH_DATA_COLUMNS';
  return new SqlError(
    `INSERT_COLUMN_ARITY_MISMATCH.${sub}`,
    '21S01',
    `Cannot write to ${quotedName([catalog, schema, name])}, the reason is ${given > wanted ? 'too many' : 'not enough'} data columns: ${wanted} columns are named, the data has ${given}.`,
  );
}
