import { SqlError } from '../../../emulator/core/index.ts';
import type { FunctionBinding, PolicyArgument } from '../catalog/index.ts';
import type { Column } from '../contract.ts';
import type { MaskClause, NameParts } from '../parser/index.ts';
import { columnNotFound, quoted, rowColumnAccess } from './errors.ts';
import { type Actor, functionRef, type NameDefaults, type Resolver } from './names.ts';

/** Checks that a filter or mask fits the table and that the actor may attach the function (docs: ROW FILTER, MASK). */
export interface Bindings {
  filter(
    clause: { function: NameParts; on: readonly PolicyArgument[] },
    table: { columns: readonly Column[] },
    by: { actor: Actor; defaults: NameDefaults },
  ): FunctionBinding;
  mask(
    column: string,
    clause: MaskClause,
    table: { columns: readonly Column[] },
    by: { actor: Actor; defaults: NameDefaults },
  ): FunctionBinding;
}

export function createBindings(resolver: Resolver): Bindings {
  const attach = (name: NameParts, by: { actor: Actor; defaults: NameDefaults }) => {
    const fn = resolver.function(by.actor, name, by.defaults);
    resolver.require(by.actor, 'EXECUTE', functionRef(fn.name));
    if (fn.returnsTable !== null) {
      throw new SqlError(
        'INVALID_PARAMETER_VALUE',
        '22023',
        `${quoted(fn.name.catalog, fn.name.schema, fn.name.name)} returns a table; a row filter or mask needs a scalar function.`,
      );
    }
    return fn;
  };

  return {
    filter(clause, table, by) {
      const fn = attach(clause.function, by);
      if (fn.returns !== null && fn.returns !== 'BOOLEAN') {
        throw new SqlError(
          'INVALID_PARAMETER_VALUE',
          '22023',
          `A row filter function returns BOOLEAN, but ${quoted(fn.name.catalog, fn.name.schema, fn.name.name)} returns ${fn.returns}.`,
        );
      }
      const bound = bind(clause.on, table.columns, 'ROW_FILTER');
      if (bound.length !== fn.parameters.length) {
        throw rowColumnAccess(
          'ASSIGNED_ROW_FILTER_WRONG_NUMBER_OF_COLUMNS',
          `The row filter function takes ${fn.parameters.length} argument(s), but ON gives ${bound.length}.`,
        );
      }
      return { function: fn.name, arguments: bound };
    },
    mask(column, clause, table, by) {
      const target = find(column, table.columns);
      const fn = attach(clause.function, by);
      const bound = bind(clause.using, table.columns, 'COLUMN_MASK');
      if (bound.some((argument) => 'column' in argument && argument.column === target)) {
        throw rowColumnAccess(
          'ASSIGNED_COLUMN_MASK_USING_COLUMN_NAME_SAME_AS_TARGET_COLUMN',
          `USING COLUMNS must not name the masked column ${quoted(column)} itself.`,
        );
      }
      if (bound.length + 1 !== fn.parameters.length) {
        throw rowColumnAccess(
          'ASSIGNED_COLUMN_MASK_WRONG_NUMBER_OF_COLUMNS',
          `The mask function takes ${fn.parameters.length} argument(s), but the masked column and USING COLUMNS give ${bound.length + 1}.`,
        );
      }
      return { function: fn.name, arguments: bound };
    },
  };
}

/** Arguments with columns in lower case, each once. */
function bind(
  given: readonly PolicyArgument[],
  columns: readonly Column[],
  of: 'ROW_FILTER' | 'COLUMN_MASK',
): PolicyArgument[] {
  const bound = given.map((argument) =>
    'column' in argument ? { column: find(argument.column, columns) } : argument,
  );
  const names = bound.flatMap((argument) => ('column' in argument ? [argument.column] : []));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    const using = of === 'COLUMN_MASK' ? 'USING_COLUMN_NAME' : 'COLUMN_NAME';
    throw rowColumnAccess(`ASSIGNED_${of}_DUPLICATE_${using}`, `The column ${quoted(twice)} is given twice.`);
  }
  return bound;
}

function find(name: string, columns: readonly Column[]): string {
  const wanted = name.toLowerCase();
  if (columns.some((column) => column.name.toLowerCase() === wanted)) return wanted;
  throw columnNotFound(
    name,
    columns.map((column) => column.name),
  );
}
