import { type FunctionBinding, fullName, type RelationInfo } from '../catalog/index.ts';
import type { CellValue, SparkType } from '../contract.ts';
import { stateOf, temporaryView } from '../session.ts';
import { type CommandResult, columnsOf, type Invocation, type Of, type Parts } from './context.ts';
import { seen } from './show.ts';

/** DESCRIBE [EXTENDED]: columns, and with EXTENDED the details (docs: DESCRIBE TABLE; field: row filter and mask rows). */
export function describe(parts: Parts, statement: Of<'describe'>, by: Invocation): CommandResult {
  const temporary = temporaryView(stateOf(by.session, by.caller), statement.table);
  const relation = temporary ? undefined : seen(parts, statement.table, by);
  const described = temporary?.columns ?? relation?.columns ?? [];
  const rows = described.map((column): CellValue[] => [
    column.name,
    simpleType(column.type),
    column.comment ?? null,
  ]);
  if (relation && statement.extended) rows.push(...details(relation));
  const columns = columnsOf('col_name', 'data_type', 'comment').map((column) => ({
    ...column,
    nullable: column.name === 'comment',
  }));
  return { columns, rows, session: by.session };
}

function details(relation: RelationInfo): CellValue[][] {
  const { name, owner, comment } = relation;
  const pairs: [string, string][] = [
    ['', ''],
    ['# Detailed Table Information', ''],
    ['Catalog', name.catalog],
    ['Database', name.schema],
    ['Table', name.name],
    ['Created Time', sparkTime(relation.createdAt)],
    ['Last Access', 'UNKNOWN'],
    ['Created By', relation.createdBy],
    ['Type', relation.kind === 'view' ? 'VIEW' : 'MANAGED'],
  ];
  if (comment !== undefined) pairs.push(['Comment', comment]);
  pairs.push(['Owner', owner]);
  if (relation.kind === 'view') {
    pairs.push(['View Text', relation.query]);
    pairs.push(['View Catalog and Namespace', `${relation.defaults.catalog}.${relation.defaults.schema}`]);
  } else {
    pairs.push(['Provider', 'delta'], ['Is_managed_location', 'true']);
    // Assumed order: the rows are known from live output, their place among the others is not.
    if (relation.rowFilter) pairs.push(['Row Filter', written(relation.rowFilter)]);
    if (relation.masks.size > 0) {
      pairs.push(['', ''], ['# Column Masks', '']);
      for (const column of relation.columns) {
        const mask = relation.masks.get(column.name.toLowerCase());
        if (mask) pairs.push([column.name, written(mask)]);
      }
    }
  }
  return pairs.map(([key, value]): CellValue[] => [key, value, '']);
}

function written(binding: FunctionBinding): string {
  const given = binding.arguments.map((one) => ('column' in one ? one.column : one.literal));
  return `${fullName(binding.function)}${given.length > 0 ? ` ON (${given.join(', ')})` : ''}`;
}

/** `Sat Nov 21 10:00:00 UTC 2026`, as Spark prints it. */
function sparkTime(at: number): string {
  const date = new Date(at);
  const [weekday, day, month, year, time] = date.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}

/** Lower-case form of DESCRIBE: `decimal(10,2)`, `struct<a:int,b:array<string>>`. Field names keep their case. */
export function simpleType(type: SparkType): string {
  return type.replace(/(`(?:[^`]|``)*`|[A-Za-z0-9_]+): |`(?:[^`]|``)*`|, |[A-Za-z0-9_]+/g, (all, field) => {
    if (field !== undefined) return `${field}:`;
    if (all === ', ') return ',';
    return all.startsWith('`') ? all : all.toLowerCase();
  });
}
