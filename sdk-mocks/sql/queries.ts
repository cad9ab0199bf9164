import { BrickboxError, type Log } from '../../emulator/core/index.ts';
import type { Policy } from '../../emulator/policy/index.ts';
import type { Catalog } from './catalog/index.ts';
import type { CellValue, Column } from './contract.ts';
import { parseQueryText, typeText } from './dialect/index.ts';
import { checkFinalText } from './duckdb/index.ts';
import {
  type Asker,
  type Instances,
  type PreparedQuery,
  type QueryReader,
  type ReadRelation,
  subjectKey,
} from './governance/index.ts';
import { PlanCache } from './plans.ts';

interface Parts {
  reader: QueryReader;
  instances: Instances;
  catalog: Catalog;
  policy: Policy;
  log: Log;
}

/** Runs queries: plan (cached), rows, text, result. */
export class Queries {
  readonly #parts: Parts;
  readonly #plans = new PlanCache();
  readonly #checked = new WeakSet<PreparedQuery>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async execute(
    text: string,
    asker: Asker,
    limits: { rows: number; bytes: number },
    signal: AbortSignal,
    seen: ReadRelation[],
  ): Promise<{ columns: Column[]; rows: CellValue[][]; truncated: boolean }> {
    const { reader, instances } = this.#parts;
    const plan = this.#plan(text, asker);
    seen.push(...plan.relations);
    const { readRows } = await import('./results/index.ts');
    const instance = await instances.lend(reader.instanceKey(asker, null), asker.session.timeZone);
    const types = plan.bound.columns.map((column) => column.type);
    try {
      const result = await reader.run(plan, instance, asker, {
        signal,
        use: (stream) => readRows(stream, types, limits),
        check: async (lent, sql) => {
          if (this.#checked.has(plan)) return;
          await checkFinalText(lent, sql, plan.tables);
          this.#checked.add(plan);
        },
      });
      return {
        ...result,
        columns: plan.bound.columns.map(({ name, type }) => ({ name, type: typeText(type), nullable: true })),
      };
    } catch (error) {
      if (error instanceof BrickboxError) this.#parts.log.error(error.message);
      throw error;
    } finally {
      await instances.release(instance);
    }
  }

  /**
   * Checks names and rights like the query would, and tells its columns only: a plan could tell of relations behind
   * views and of hidden rows.
   */
  explain(text: string, asker: Asker): { columns: Column[]; rows: CellValue[][] } {
    const { columns } = this.#plan(text, asker).bound;
    const output = columns.map(({ name, type }) => `${name}: ${typeText(type)}`).join(', ');
    const plan = `== Physical Plan ==\nBrickbox shows no plan: its engine is not the platform's.\nOutput: [${output}]\n`;
    return { columns: [{ name: 'plan', type: 'STRING', nullable: true }], rows: [[plan]] };
  }

  #plan(text: string, asker: Asker): PreparedQuery {
    const { catalog, policy, reader } = this.#parts;
    const { session, caller, parameters } = asker;
    const key = JSON.stringify([
      text,
      session,
      subjectKey(caller, session.timeZone),
      catalog.version,
      policy.version,
      // Values too: they name columns, and objects inside IDENTIFIER().
      parameters.map((p) => [p.name, p.ordinal, p.type, p.value]),
    ]);
    const known = this.#plans.get(key);
    if (known) {
      for (const check of known.recheck) check();
      return known;
    }
    const plan = reader.prepare(parseQueryText(text), asker);
    this.#plans.put(key, plan);
    return plan;
  }
}
