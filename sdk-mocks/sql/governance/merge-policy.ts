import type { Catalog, FunctionBinding, TableInfo } from '../catalog/index.ts';
import { fullName } from '../catalog/index.ts';
import { parseExpressionText, startsQuery } from '../dialect/index.ts';

const random = new Set(['rand', 'random', 'randn', 'uuid', 'shuffle', 'monotonically_increasing_id']);
const queries = new Set(['exists', 'in_query', 'scalar_query']);

/**
 * Why MERGE is refused on a protected table, or undefined: its policy functions may hold no subquery, aggregate,
 * window, limit or anything that is not deterministic (docs: filters and masks, limitations). Aggregates and limits
 * only occur inside subqueries here.
 */
export function mergeRefusal(table: TableInfo, catalog: Catalog): string | undefined {
  const bindings = [...(table.rowFilter ? [table.rowFilter] : []), ...table.masks.values()];
  for (const binding of bindings) {
    const reason = bodyRefusal(binding.function, catalog, new Set());
    if (reason !== undefined) return `its policy function ${fullName(binding.function)} ${reason}`;
  }
  return undefined;
}

function bodyRefusal(
  name: FunctionBinding['function'],
  catalog: Catalog,
  seen: Set<string>,
): string | undefined {
  const found = catalog.function(name);
  if (!found || seen.has(fullName(name))) return undefined;
  seen.add(fullName(name));
  if (startsQuery(found.body)) return 'reads with a query';
  let reason: string | undefined;
  visit(parseExpressionText(found.body), (node) => {
    if (queries.has(String(node['kind']))) reason ??= 'has a subquery';
    if (node['kind'] !== 'call' || !Array.isArray(node['name'])) return;
    if (node['window'] != null) reason ??= 'has a window function';
    const parts = node['name'].map((part) => String(part).toLowerCase());
    if (parts.length === 1 && random.has(parts[0] ?? '')) reason ??= 'is not deterministic';
    const [fn = '', schema = found.defaults.schema, container = found.defaults.catalog] = parts.reverse();
    reason ??= bodyRefusal({ catalog: container, schema, name: fn }, catalog, seen);
  });
  return reason;
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
