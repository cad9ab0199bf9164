import type { Reply } from '../../workspace/index.ts';
import type { InlineResult, Statement, StatementFailure } from './statement.ts';

/** The answer about a statement (reference sql-wire 4.3, recorded key sets). HTTP 200 also for a failed one. */
export function statementReply(statement: Statement): Reply {
  const { id: statement_id, status } = statement;
  if (status.state === 'SUCCEEDED') {
    const { result } = status;
    const body = {
      statement_id,
      status: { state: 'SUCCEEDED' },
      manifest: manifest(result),
      result: chunk(result),
    };
    return { body };
  }
  if (status.state === 'FAILED') return failedReply(statement_id, status.failure);
  return { body: { statement_id, status: { state: status.state } } };
}

function failedReply(statement_id: string, failure: StatementFailure): Reply {
  const { code, message, sqlState, explanation } = failure;
  return {
    body: {
      statement_id,
      status: {
        state: 'FAILED',
        error: { error_code: code, message },
        ...(sqlState === undefined ? {} : { sql_state: sqlState }),
      },
    },
    note: { errorCode: code, message, ...(explanation ? { explanation } : {}) },
  };
}

function manifest({ columns, rows, truncated }: InlineResult): object {
  if (columns.length === 0) {
    return {
      format: 'JSON_ARRAY',
      schema: { column_count: 0 },
      total_chunk_count: 0,
      total_row_count: 0,
      truncated: false,
    };
  }
  return {
    format: 'JSON_ARRAY',
    schema: { column_count: columns.length, columns },
    total_chunk_count: 1,
    chunks: [{ chunk_index: 0, row_offset: 0, row_count: rows.length }],
    total_row_count: rows.length,
    truncated,
  };
}

/** The only chunk of an inline result; empty for statements without a result set. */
export function chunk({ columns, rows }: InlineResult): object {
  if (columns.length === 0) return {};
  return { chunk_index: 0, row_offset: 0, row_count: rows.length, data_array: rows };
}
