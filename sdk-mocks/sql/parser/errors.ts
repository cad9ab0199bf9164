import { type Explanation, SqlError } from '../../../emulator/core/index.ts';

/** Line from 1, column from 0, of a character offset: what Spark prints as `(line 1, pos 0)`. */
export function placeOf(text: string, position: number): { line: number; column: number } {
  const before = text.slice(0, position);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - start };
}

/**
 * Puts the place and the `== SQL ==` block on a parse error, as Spark prints it (rec: Statement Execution API
 * answer of a failed parse). The text of the statement is the user's own.
 */
function atPlace(error: SqlError, text: string, position: number): SqlError {
  const { line, column } = placeOf(text, position);
  const lines = text.split('\n');
  const above = lines.slice(0, line).join('\n');
  const below = lines.slice(line).join('\n');
  const marker = `${'-'.repeat(column)}^^^`;
  error.message = `\n${error.message} (line ${line}, pos ${column})\n\n== SQL ==\n${above}\n${marker}\n${below}`;
  return error;
}

/** `near` is the offending text, or undefined at the end of the input. `hint` is Spark's, such as `extra input 'x'`. */
export function syntaxError(
  text: string,
  position: number,
  near: string | undefined,
  hint?: string,
): SqlError {
  const where = near === undefined ? 'end of input' : `'${near}'`;
  const sentence = `Syntax error at or near ${where}${hint === undefined ? '' : `: ${hint}`}.`;
  return atPlace(new SqlError('PARSE_SYNTAX_ERROR', '42601', sentence), text, position);
}

/** A parse error of another class, with its place. */
export function parseError(
  text: string,
  position: number,
  errorClass: string,
  sqlState: string,
  sentence: string,
): SqlError {
  return atPlace(new SqlError(errorClass, sqlState, sentence), text, position);
}

/** Databricks knows it, Brickbox does not run it: refused by name, never ignored. */
export function unsupported(what: string, more?: Explanation): SqlError {
  return new SqlError(
    'UNSUPPORTED_FEATURE',
    '0A000',
    `The feature is not supported: ${what} is Databricks SQL that Brickbox does not run.`,
    more ?? {
      rule: `${what} is not built in Brickbox`,
      fix: 'Keep the statement out of what runs in the sandbox, or report it as wanted.',
    },
  );
}
