import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { SqlError } from '../../emulator/core/index.ts';
import { openWarehouseWorld, userName, type WarehouseWorld } from './warehouse-world.ts';

/** The form of the data file; what it means is in its `_about`. */
const dataSchema = z.object({
  seed: z.array(z.string()),
  hidden: z.string(),
  filters: z.array(z.object({ name: z.string(), create: z.string(), on: z.array(z.string()) })),
  shapes: z.record(z.string(), z.string()),
  probes: z.record(z.string(), z.string()),
  mask: z.object({ create: z.string(), alter: z.string(), view: z.string() }),
  queries: z.record(z.string(), z.string()),
  attacks: z.array(z.string()),
});
export type LeakData = z.infer<typeof dataSchema>;

export type Verdict = 'equal' | 'equalError' | 'refused' | 'leaked';

export interface Judged {
  group: 'probe' | 'query' | 'attack';
  name: string;
  sql: string;
  verdict: Verdict;
  /** What each world answered, shortened. */
  a: string;
  b: string;
}

export interface LeakReport {
  total: { statements: number; equal: number; equalError: number; refused: number; leaked: number };
  groups: Record<Judged['group'], LeakReport['total']>;
  statements: Judged[];
}

const people = { admin: ['admins'], persona: [] };
const session = { catalog: 'leaks', schema: 's' };
const maxText = 300;
/**
 * The one answer that may differ: an earlier version of a protected table is refused, and the table of world B has no
 * filter to refuse for. It tells that there is a filter or mask, as DESCRIBE TABLE EXTENDED does, and nothing of rows.
 */
const refusedTravel =
  '[UNSUPPORTED_FEATURE] Time travel on `leaks`.`s`.`orders`, because the table has a row filter or column mask, is not supported by the Brickbox warehouse. SQLSTATE: 0A000';
/** Both worlds stand still at one moment, so that times of creation cannot differ. */
const oneMoment = Date.UTC(2026, 0, 2);

export function readLeakData(file: string): LeakData {
  return dataSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/**
 * Runs every statement in two worlds: A has all rows, a row filter and a mask; B never had the hidden rows and keeps
 * what the mask would show. Anything that differs, and any answer with SECRET in it, is a leak.
 */
export async function runLeaks(data: LeakData): Promise<LeakReport> {
  const judged: Judged[] = [];
  await using plainB = await worldB(data, false);
  for (const filter of data.filters) {
    await using a = await worldA(data, filter, false);
    for (const [shapeName, shape] of Object.entries(data.shapes)) {
      for (const [probeName, probe] of Object.entries(data.probes)) {
        const sql = shape.replace('{probe}', () => probe);
        judged.push(await judge('probe', `${filter.name}/${shapeName}/${probeName}`, sql, a, plainB));
      }
    }
  }
  const exists = data.filters.find((filter) => filter.name === 'exists') ?? data.filters[0];
  if (!exists) throw new RangeError('the data has no filter');
  await using a = await worldA(data, exists, true);
  await using b = await worldB(data, true);
  for (const [name, sql] of Object.entries(data.queries)) judged.push(await judge('query', name, sql, a, b));
  for (const [i, sql] of data.attacks.entries()) judged.push(await judge('attack', String(i), sql, a, b));
  return report(judged);
}

async function base(data: LeakData, seed: (sql: string) => string): Promise<WarehouseWorld> {
  const world = openWarehouseWorld(people, { session, wall: () => oneMoment });
  for (const sql of data.seed) await world.run('admin', seed(sql.replaceAll('{user}', userName('persona'))));
  return world;
}

async function grants(world: WarehouseWorld, view: boolean): Promise<void> {
  const who = `\`${userName('persona')}\``;
  const statements = [
    `GRANT USE CATALOG ON CATALOG leaks TO ${who}`,
    `GRANT USE SCHEMA ON SCHEMA leaks.s TO ${who}`,
    `GRANT SELECT ON TABLE leaks.s.orders TO ${who}`,
    `GRANT SELECT ON TABLE leaks.s.open TO ${who}`,
    ...(view ? [`GRANT SELECT ON VIEW leaks.s.v TO ${who}`] : []),
  ];
  for (const sql of statements) await world.run('admin', sql);
}

async function worldA(
  data: LeakData,
  filter: LeakData['filters'][number],
  mask: boolean,
): Promise<WarehouseWorld> {
  const world = await base(data, (sql) => sql);
  await world.run('admin', filter.create);
  await world.run(
    'admin',
    `ALTER TABLE leaks.s.orders SET ROW FILTER leaks.s.f_${filter.name} ON (${filter.on.join(', ')})`,
  );
  if (mask)
    for (const sql of [data.mask.create, data.mask.alter, data.mask.view]) await world.run('admin', sql);
  await grants(world, mask);
  return world;
}

async function worldB(data: LeakData, mask: boolean): Promise<WarehouseWorld> {
  const insert = 'INSERT INTO leaks.s.orders ';
  const code = mask ? "concat('***', region)" : 'code';
  const world = await base(data, (sql) =>
    sql.startsWith(insert)
      ? `${insert}SELECT id, region, ${code}, amt FROM (${sql.slice(insert.length)}) AS q(id, region, code, amt) WHERE NOT (${data.hidden})`
      : sql,
  );
  if (mask) await world.run('admin', data.mask.view);
  await grants(world, mask);
  return world;
}

/** Name under which the trusted engine keeps the table. */
function physical(world: WarehouseWorld): string {
  const table = world.catalog.relation({ catalog: 'leaks', schema: 's', name: 'orders' });
  return (table?.kind === 'table' && table.segments[0]?.id) || 'nothing';
}

async function judge(
  group: Judged['group'],
  name: string,
  sql: string,
  a: WarehouseWorld,
  b: WarehouseWorld,
): Promise<Judged> {
  const [inA, inB] = [await answer(a, sql), await answer(b, sql)];
  const differs = inA.text !== inB.text && inA.text !== refusedTravel;
  const verdict: Verdict =
    differs || inA.text.includes('SECRET') || inB.text.includes('SECRET')
      ? 'leaked'
      : inA.kind === 'rows'
        ? 'equal'
        : inA.refused
          ? 'refused'
          : 'equalError';
  return { group, name, sql, verdict, a: inA.text.slice(0, maxText), b: inB.text.slice(0, maxText) };
}

async function answer(
  world: WarehouseWorld,
  template: string,
): Promise<{ kind: 'rows' | 'error'; text: string; refused: boolean }> {
  const name = physical(world);
  try {
    const { columns, rows } = await world.run(
      'persona',
      template.replaceAll('{physical}', () => name),
    );
    const lines = rows.map((row) => text(row));
    const ordered = /\border by\b/i.test(template) ? lines : lines.sort();
    return {
      kind: 'rows',
      text: `${text(columns)}\n${ordered.join('\n')}`.replaceAll(name, '{physical}'),
      refused: false,
    };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return {
      kind: 'error',
      text: error.message.replaceAll(name, '{physical}'),
      refused: /^(UNSUPPORTED|UNRESOLVED_ROUTINE)/.test(error.errorClass),
    };
  }
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item));

function report(statements: Judged[]): LeakReport {
  const count = (list: readonly Judged[]): LeakReport['total'] => {
    const of = (verdict: Verdict) => list.filter((judged) => judged.verdict === verdict).length;
    return {
      statements: list.length,
      equal: of('equal'),
      equalError: of('equalError'),
      refused: of('refused'),
      leaked: of('leaked'),
    };
  };
  const group = (name: Judged['group']) => count(statements.filter((judged) => judged.group === name));
  return {
    total: count(statements),
    groups: { probe: group('probe'), query: group('query'), attack: group('attack') },
    statements,
  };
}

/** `pnpm conformance:leaks --data FILE [--json] [--out FILE]`. Exits 1 when something leaked. */
export async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, json: { type: 'boolean' }, out: { type: 'string' } },
  });
  const result = await runLeaks(
    readLeakData(values.data ?? new URL('./data/leaks.json', import.meta.url).pathname),
  );
  const summary = JSON.stringify({ total: result.total, groups: result.groups });
  if (values.out !== undefined) writeFileSync(values.out, `${summary}\n`);
  if (!values.json) {
    for (const judged of result.statements.filter((s) => s.verdict === 'leaked' || s.verdict === 'refused')) {
      process.stdout.write(
        `${judged.verdict} ${judged.group} ${judged.name}: ${judged.sql}\n  A: ${judged.a}\n  B: ${judged.b}\n`,
      );
    }
  }
  process.stdout.write(`${summary}\n`);
  process.exitCode = result.total.leaked > 0 ? 1 : 0;
}

if (import.meta.main) await main();
