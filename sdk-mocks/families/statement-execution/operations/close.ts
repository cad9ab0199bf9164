import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';
import { statementsSlot } from '../statements.ts';

/** Stops a statement and drops its result. Not public; drivers send it after every statement (recorded). */
export const closeStatement = defineOperation({
  id: 'statement_execution.close_statement',
  method: 'DELETE',
  path: '/api/2.0/sql/statements/{statement_id}',
  scope: ['sql', 'sql.statement-execution'],
  request: z.object({ statement_id: z.string() }),
  handle({ input, caller, services: { memory, clock, ports } }) {
    memory.get(statementsSlot).close(input.statement_id, caller, clock.now());
    ports.results.drop(input.statement_id);
    return { body: {} };
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/statement-execution/statement-execution.unit.test.ts'],
});
