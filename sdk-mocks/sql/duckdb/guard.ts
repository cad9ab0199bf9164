import { BrickboxError } from '../../../emulator/core/index.ts';
import type { Lent } from './connections.ts';

const tableFunctions = new Set(['range', 'generate_series', 'unnest']);

/**
 * Last look at what will run: the engine's own parser must see one SELECT that reads exactly the expected tables
 * and no table function but the known ones. The binder cannot produce anything else; this proves it each time.
 * @throws BrickboxError when it did.
 */
export async function checkFinalText(lent: Lent, sql: string, expected: ReadonlySet<string>): Promise<void> {
  const result = await lent.stream('SELECT json_serialize_sql(CAST($text AS VARCHAR)) AS tree', {
    text: sql,
  });
  const rows = await result.getRows();
  const tree: unknown = JSON.parse(String(rows[0]?.[0] ?? '{}'));
  const problem = inspect(tree, expected);
  if (problem !== undefined) {
    throw new BrickboxError('SQL_GUARD', `The statement was stopped before it ran: ${problem}.`, {
      kind: 'internal',
    });
  }
}

function inspect(tree: unknown, expected: ReadonlySet<string>): string | undefined {
  if (!isRecord(tree) || tree['error'] !== false || !Array.isArray(tree['statements']))
    return 'it is not a plain query';
  if (tree['statements'].length !== 1) return 'it is more than one query';
  const ctes = new Set<string>();
  collectCtes(tree, ctes);
  let problem: string | undefined;
  visit(tree, (node) => {
    if (node['type'] === 'BASE_TABLE') {
      const name = String(node['table_name']);
      const qualified = node['schema_name'] !== '' || node['catalog_name'] !== '';
      if (qualified || !(expected.has(name) || ctes.has(name)))
        problem ??= 'it reads a table that was not resolved';
      if (node['at_clause'] != null) problem ??= 'it travels in time';
    }
    if (node['type'] === 'TABLE_FUNCTION') {
      const call = node['function'];
      const name = isRecord(call) ? String(call['function_name']) : '';
      if (!tableFunctions.has(name)) problem ??= 'it calls a table function that is not allowed';
    }
  });
  return problem;
}

function collectCtes(value: unknown, names: Set<string>): void {
  visit(value, (node) => {
    const map = node['cte_map'];
    const entries = isRecord(map) ? map['map'] : undefined;
    if (!Array.isArray(entries)) return;
    for (const entry of entries) if (isRecord(entry)) names.add(String(entry['key']));
  });
}

function visit(value: unknown, look: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, look);
  else if (isRecord(value)) {
    look(value);
    for (const item of Object.values(value)) visit(item, look);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
