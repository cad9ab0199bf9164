import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation } from '../../../workspace/index.ts';
import { chunkBody } from '../response.ts';
import { statementsSlot } from '../statements.ts';

/** One chunk of a result: rows, or a fresh link to a file. An inline result has one, number 0. */
export const getStatementChunk = defineOperation({
  id: 'statement_execution.get_statement_result_chunk_n',
  method: 'GET',
  path: '/api/2.0/sql/statements/{statement_id}/result/chunks/{chunk_index}',
  scope: ['sql', 'sql.statement-execution'],
  request: z.object({ statement_id: z.string(), chunk_index: z.coerce.number().int().min(0) }),
  handle({ input, caller, origin, services }) {
    const { memory, clock } = services;
    const { status } = memory.get(statementsSlot).find(input.statement_id, caller, clock.now());
    // assumed: code and text of both refusals.
    if (status.state !== 'SUCCEEDED') {
      throw new ApiError(
        400,
        'BAD_REQUEST',
        `The statement ${input.statement_id} is ${status.state}: no result.`,
      );
    }
    const { statement_id, chunk_index } = input;
    const body = chunkBody(statement_id, status.result, chunk_index, { caller, origin, services });
    if (!body) {
      const message = `The statement ${input.statement_id} has no chunk ${input.chunk_index}.`;
      throw new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
    }
    return { body };
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/statement-execution/statement-execution.unit.test.ts'],
});
