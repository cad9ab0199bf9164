import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';

const golden = z.object({
  file: z.string(),
  statements: z.array(
    z.object({
      sql: z.string(),
      output: z.string().optional(),
      error: z.object({ class: z.string().nullable(), sqlState: z.string().nullish() }).optional(),
    }),
  ),
});
const example = z.object({ group: z.string(), sql: z.string(), rows: z.array(z.string()) });

export interface ExpectedStatement {
  sql: string;
  /** Text of the rows, or the error. */
  output?: string | undefined;
  error?: { class: string | null; sqlState?: string | null | undefined } | undefined;
}

/** Statements that share one database. */
export interface StatementFile {
  /** Group of the report: the file's name, or the functions' group. */
  group: string;
  /** Outside of what the warehouse claims: not ANSI, or functions in another language. */
  claimed: boolean;
  source: string;
  statements: ExpectedStatement[];
}

const unclaimed = /^(?:nonansi|udf|udaf|udtf)\//;

/** Reads every `*.jsonl` of a folder. @throws ZodError for a line of another form. */
export function readSqlData(folder: string): StatementFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n');
      const values = lines.filter((line) => line.trim() !== '').map((line): unknown => JSON.parse(line));
      return filesOf(values, basename(name, '.jsonl'));
    });
}

function filesOf(values: readonly unknown[], source: string): StatementFile[] {
  const files: StatementFile[] = [];
  const examples = new Map<string, ExpectedStatement[]>();
  for (const value of values) {
    const found = golden.safeParse(value);
    if (found.success) {
      const { file, statements } = found.data;
      files.push({ group: file, claimed: !unclaimed.test(file), source, statements });
      continue;
    }
    const { group, sql, rows } = example.parse(value);
    const list = examples.get(group) ?? [];
    list.push({ sql, output: rows.join('\n') });
    examples.set(group, list);
  }
  for (const [group, statements] of examples) {
    files.push({ group: `functions/${group}`, claimed: true, source, statements });
  }
  return files;
}
