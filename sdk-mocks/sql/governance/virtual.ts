import { SqlError } from '../../../emulator/core/index.ts';
import type { Caller, Policy } from '../../../emulator/policy/index.ts';
import type { Catalog, ObjectName } from '../catalog/index.ts';
import { notSupported, quote, quotedName, type Type, t } from '../dialect/index.ts';
import type { Connections } from '../duckdb/index.ts';
import type { Actor, NameDefaults, Resolver } from '../statements/index.ts';
import {
  informationSchema,
  informationViews,
  type VirtualCell,
  type VirtualRelation,
  type VirtualType,
} from './information-schema.ts';

interface Parts {
  catalog: Catalog;
  policy: Policy;
  resolver: Resolver;
}

const types: Record<VirtualType, Type> = { STRING: t.string, INT: t.int, TIMESTAMP: t.timestamp };
const rowsAtOnce = 500;

export const virtualTypes = ({ columns }: VirtualRelation): Type[] =>
  columns.map((column) => types[column.type]);

/** Whether a name is one of ours: the views of an information_schema, and the system catalog. */
export function virtualName(resolver: Resolver, given: readonly string[], names: NameDefaults) {
  const name = resolver.object(given, names);
  return name.schema === 'information_schema' || name.catalog === 'system' ? name : undefined;
}

/**
 * Rows are always those of the person who asks, also inside a view with its owner's rights: so nothing that the asker
 * may not know of can get into their instance.
 * @throws SqlError for a catalog the actor may not use, and for what Brickbox does not have.
 */
export function virtualRelation(
  name: ObjectName,
  actor: Actor,
  caller: Caller,
  parts: Parts,
): VirtualRelation {
  if (name.schema !== 'information_schema') {
    throw notSupported(
      `the system table ${name.catalog}.${name.schema}.${name.name}`,
      'Read the journal of the sandbox instead: it has calls, statements and outbound attempts.',
    );
  }
  // Every account user may read system.information_schema (docs: information schema).
  if (name.catalog !== 'system') parts.resolver.openCatalog(actor, name.catalog);
  const found = informationSchema(name.name, name.catalog, { ...parts, caller });
  if (found) return found;
  throw new SqlError(
    'TABLE_OR_VIEW_NOT_FOUND',
    '42P01',
    `The table or view ${quotedName([name.catalog, name.schema, name.name])} cannot be found. Verify the spelling and correctness of the schema and catalog.`,
    {
      rule: `${name.name} is not among the views Brickbox answers: ${informationViews().join(', ')}`,
      fix: 'Use one of these views, or report the one you need.',
    },
  );
}

/** Writes the rows as literals of ours. */
export async function fillVirtual(
  { rows, columns }: VirtualRelation,
  target: Connections,
  table: string,
  signal?: AbortSignal,
): Promise<number> {
  await target.use(async (lent) => {
    for (let start = 0; start < rows.length; start += rowsAtOnce) {
      const values = rows
        .slice(start, start + rowsAtOnce)
        .map((row) => `(${row.map((cell, i) => literal(cell, columns[i]?.type)).join(', ')})`);
      await lent.run(`INSERT INTO "${table}" VALUES ${values.join(', ')}`);
    }
  }, signal);
  return rows.length;
}

function literal(cell: VirtualCell, type: VirtualType | undefined): string {
  if (cell === null) return 'NULL';
  if (type === 'TIMESTAMP') return `make_timestamptz(${BigInt(cell) * 1000n})`;
  return type === 'INT' ? String(Number(cell)) : quote(String(cell));
}
