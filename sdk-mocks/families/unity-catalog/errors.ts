import { ApiError, SqlError } from '../../../emulator/core/index.ts';
import { type Decision, type Denial, denialSentence } from '../../../emulator/policy/index.ts';

export type ObjectWord = 'Catalog' | 'Schema' | 'Table' | 'Function' | 'Volume';

/** `Table 'main.sales.orders' does not exist.` (code: databricks/cli libs/testserver, recorded; field) */
export function notFound(word: ObjectWord, name: string): ApiError {
  return new ApiError(404, `${word.toUpperCase()}_DOES_NOT_EXIST`, `${word} '${name}' does not exist.`);
}

/** A name with the wrong number of parts. Text assumed. */
export function badName(name: string, word: ObjectWord): ApiError {
  return new ApiError(
    400,
    'INVALID_PARAMETER_VALUE',
    `'${name}' is not a valid name of a ${word.toLowerCase()}.`,
  );
}

/** The same sentence as in SQL, without the class (field: live answers). */
export function forbidden(denial: Denial): ApiError {
  return new ApiError(403, 'PERMISSION_DENIED', denialSentence(denial), { explanation: denial.explanation });
}

/** @throws ApiError 403 for a denial. */
export function required(decision: Decision): void {
  if (!decision.allow) throw forbidden(decision);
}

/** What the API has and Brickbox does not act on: refused by name instead of ignored. */
export function unbuilt(what: string): ApiError {
  return new ApiError(501, 'NOT_IMPLEMENTED', `Brickbox does not build this part of Unity Catalog: ${what}.`);
}

const statuses: Readonly<Record<string, readonly [status: number, code: string]>> = {
  NO_SUCH_CATALOG_EXCEPTION: [404, 'CATALOG_DOES_NOT_EXIST'],
  SCHEMA_NOT_FOUND: [404, 'SCHEMA_DOES_NOT_EXIST'],
  TABLE_OR_VIEW_NOT_FOUND: [404, 'TABLE_DOES_NOT_EXIST'],
  ROUTINE_NOT_FOUND: [404, 'FUNCTION_DOES_NOT_EXIST'],
  VOLUME_NOT_FOUND: [404, 'VOLUME_DOES_NOT_EXIST'],
  PRINCIPAL_DOES_NOT_EXIST: [404, 'PRINCIPAL_DOES_NOT_EXIST'],
  CATALOG_ALREADY_EXISTS: [409, 'CATALOG_ALREADY_EXISTS'],
  SCHEMA_ALREADY_EXISTS: [409, 'SCHEMA_ALREADY_EXISTS'],
  VOLUME_ALREADY_EXISTS: [409, 'VOLUME_ALREADY_EXISTS'],
  // Assumed: code of a container that is not empty.
  CATALOG_NOT_EMPTY: [400, 'INVALID_STATE'],
  SCHEMA_NOT_EMPTY: [400, 'INVALID_STATE'],
  UNSUPPORTED_FEATURE: [501, 'NOT_IMPLEMENTED'],
};

/** The REST answer for what a SQL command of the same meaning fails with. */
export function asApiError(error: unknown): unknown {
  if (!(error instanceof SqlError)) return error;
  const explained = error.explanation ? { explanation: error.explanation } : {};
  if (error.errorClass === 'INSUFFICIENT_PERMISSIONS') {
    const sentence = error.text.replace(/^Insufficient privileges:\n/, '');
    return new ApiError(403, 'PERMISSION_DENIED', sentence, explained);
  }
  const [status, code] = statuses[error.errorClass] ?? [400, 'INVALID_PARAMETER_VALUE'];
  return new ApiError(status, code, error.text, explained);
}
