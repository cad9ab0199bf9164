import { SqlError } from '../../../emulator/core/index.ts';
import type { ObjectName } from '../catalog/index.ts';

/** `` `main`.`sales`.`orders` ``. */
export function quoted(...parts: readonly string[]): string {
  return parts.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.');
}

const of = (name: ObjectName): string => quoted(name.catalog, name.schema, name.name);

export function catalogNotFound(catalog: string): SqlError {
  return new SqlError(
    'NO_SUCH_CATALOG_EXCEPTION',
    '42704',
    `Catalog '${catalog}' was not found. Please verify the catalog name and then retry the query or command again.`,
  );
}

export function schemaNotFound(catalog: string, schema: string): SqlError {
  return new SqlError(
    'SCHEMA_NOT_FOUND',
    '42704',
    `The schema ${quoted(catalog, schema)} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a catalog, verify the current_schema() output, or qualify the name with the correct catalog.\nTo tolerate the error on drop use DROP SCHEMA IF EXISTS.`,
  );
}

export function relationNotFound(name: ObjectName): SqlError {
  return new SqlError(
    'TABLE_OR_VIEW_NOT_FOUND',
    '42P01',
    `The table or view ${of(name)} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.`,
  );
}

export function functionNotFound(name: ObjectName): SqlError {
  return new SqlError(
    'ROUTINE_NOT_FOUND',
    '42883',
    `The routine ${of(name)} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a schema and catalog, verify the current_schema() output, or qualify the name with the correct schema and catalog.\nTo tolerate the error on drop use DROP FUNCTION IF EXISTS.`,
  );
}

/** Assumed class and text. */
export function volumeNotFound(name: ObjectName): SqlError {
  return new SqlError('VOLUME_NOT_FOUND', '42704', `The volume ${of(name)} cannot be found.`);
}

export function relationExists(name: ObjectName): SqlError {
  return new SqlError(
    'TABLE_OR_VIEW_ALREADY_EXISTS',
    '42P07',
    `Cannot create table or view ${of(name)} because it already exists.\nChoose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.`,
  );
}

export function functionExists(name: ObjectName): SqlError {
  return new SqlError(
    'ROUTINE_ALREADY_EXISTS',
    '42723',
    `Cannot create the routine ${of(name)} because a routine of that name already exists. Choose a different name, drop or replace the existing routine, or add the IF NOT EXISTS clause to tolerate a pre-existing routine.`,
  );
}

export function schemaExists(catalog: string, schema: string): SqlError {
  return new SqlError(
    'SCHEMA_ALREADY_EXISTS',
    '42P06',
    `Cannot create schema ${quoted(catalog, schema)} because it already exists.\nChoose a different name, drop the existing schema, or add the IF NOT EXISTS clause to tolerate pre-existing schema.`,
  );
}

export function catalogExists(catalog: string): SqlError {
  return new SqlError(
    'CATALOG_ALREADY_EXISTS',
    '42710',
    `Cannot create catalog ${quoted(catalog)} because it already exists. Choose a different name, drop the existing catalog, or add the IF NOT EXISTS clause to tolerate pre-existing catalog.`,
  );
}

export function notEmpty(what: 'schema' | 'catalog', ...parts: string[]): SqlError {
  const word = what.toUpperCase();
  return new SqlError(
    `${word}_NOT_EMPTY`,
    '2BP01',
    `Cannot drop a ${what} ${quoted(...parts)} because it contains objects.\nUse DROP ${word} ... CASCADE to drop the ${what} and all its objects.`,
  );
}

export function columnExists(column: string): SqlError {
  return new SqlError(
    'COLUMN_ALREADY_EXISTS',
    '42711',
    `The column ${quoted(column)} already exists. Choose another name or rename the existing column.`,
  );
}

export function columnNotFound(column: string, known: readonly string[]): SqlError {
  return new SqlError(
    'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    '42703',
    `A column, variable, or function parameter with name ${quoted(column)} cannot be resolved. Did you mean one of the following? [${known
      .slice(0, 5)
      .map((name) => quoted(name))
      .join(', ')}].`,
  );
}

export function tableNotView(operation: string, name: ObjectName): SqlError {
  return new SqlError(
    'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE',
    '42809',
    `'${operation}' expects a table but ${of(name)} is a view.`,
  );
}

export function wrongObjectType(operation: string, name: ObjectName, is: string, use: string): SqlError {
  return new SqlError(
    'WRONG_COMMAND_FOR_OBJECT_TYPE',
    '42809',
    `The operation ${operation} cannot be used for ${of(name)}, which is a ${is}. Use ${use} instead.`,
  );
}

/** Family of errors about row filters and masks (docs: ROW_COLUMN_ACCESS error class). Sentences are our own. */
export function rowColumnAccess(condition: string, sentence: string): SqlError {
  return new SqlError(`ROW_COLUMN_ACCESS.${condition}`, '42K09', sentence);
}
