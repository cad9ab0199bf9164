import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation } from '../../../workspace/index.ts';
import { chunk } from '../response.ts';
import { statementsSlot } from '../statements.ts';

/** One chunk of a result. An inline result has one, number 0. */
export const getStatementChunk = defineOperation({
  id: 'statement_execution.get_statement_result_chunk_n',
  method: 'GET',
  path: '/api/2.0/sql/statements/{statement_id}/result/chunks/{chunk_index}',
  scope: ['sql', 'sql.statement-execution'],
  request: z.object({ statement_id: z.string(), chunk_index: z.coerce.number().int().min(0) }),
  handle({ input, caller, services: { memory, clock } }) {
    const { status } = memory.get(statementsSlot).find(input.statement_id, caller, clock.now());
    // assumed: code and text of both refusals.
    if (status.state !== 'SUCCEEDED') {
      throw new ApiError(
        400,
        'BAD_REQUEST',
        `The statement ${input.statement_id} is ${status.state}: no result.`,
      );
    }
    if (input.chunk_index > 0 || status.result.columns.length === 0) {
      const message = `The statement ${input.statement_id} has no chunk ${input.chunk_index}.`;
      throw new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
    }
    return { body: chunk(status.result) };
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/statement-execution/statement-execution.unit.test.ts'],
});
