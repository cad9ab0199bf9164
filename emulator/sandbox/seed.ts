import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type StatementSlice, splitStatements, type Warehouse } from '../../sdk-mocks/sql/index.ts';
import type { Config } from '../config/index.ts';
import { BrickboxError, SqlError } from '../core/index.ts';
import type { Caller } from '../identity/index.ts';

/**
 * Runs the seed steps in order as the seeding admin.
 * @throws BrickboxError naming the file, and for SQL the line of the statement.
 */
export async function runSeed(
  steps: Config['seed'],
  context: {
    folder: string;
    caller: Caller;
    warehouse: Warehouse;
    timeZone: string;
    onProgress(line: string): void;
  },
): Promise<void> {
  for (const step of steps) {
    if (typeof step === 'string') {
      context.onProgress(`Seeding ${step}`);
      await runFile(step, context);
    } else {
      context.onProgress(`Loading ${step.from} into ${step.table}`);
      await loadTable(step, context);
    }
  }
}

async function runFile(file: string, context: Parameters<typeof runSeed>[1]): Promise<void> {
  const text = read(file, context.folder);
  let session = { catalog: 'main', schema: 'default', timeZone: context.timeZone };
  let statements: StatementSlice[];
  try {
    statements = splitStatements(text);
  } catch (error) {
    throw seedError(file, 1, error);
  }
  for (const statement of statements) {
    const line = text.slice(0, statement.position).split('\n').length;
    try {
      const result = await context.warehouse.execute({
        caller: context.caller,
        text: statement.text,
        session,
      });
      session = result.session;
    } catch (error) {
      throw seedError(file, line, error);
    }
  }
}

async function loadTable(
  step: { table: string; from: string },
  context: Parameters<typeof runSeed>[1],
): Promise<void> {
  try {
    await context.warehouse.loadFile({
      caller: context.caller,
      table: step.table,
      file: resolve(context.folder, step.from),
    });
  } catch (error) {
    throw seedError(step.from, undefined, error);
  }
}

function read(file: string, folder: string): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (error) {
    throw new BrickboxError('SEED_FILE_MISSING', `The seed file ${file} cannot be read.`, {
      fix: 'Correct the path under `seed` in brickbox.yaml; it starts from the folder of that file.',
      at: { file },
      cause: error,
    });
  }
}

function seedError(file: string, line: number | undefined, error: unknown): unknown {
  if (!(error instanceof SqlError)) return error;
  return new BrickboxError('SEED_FAILED', error.message, {
    fix: error.explanation?.fix ?? 'Correct the statement that starts on this line.',
    at: { file, ...(line === undefined ? {} : { line }) },
    cause: error,
  });
}
