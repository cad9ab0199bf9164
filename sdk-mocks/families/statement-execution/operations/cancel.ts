import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';
import { statementsSlot } from '../statements.ts';

/** Asks to stop a statement. The answer is empty; the client polls for the state. */
export const cancelStatement = defineOperation({
  id: 'statement_execution.cancel_execution',
  method: 'POST',
  path: '/api/2.0/sql/statements/{statement_id}/cancel',
  scope: ['sql', 'sql.statement-execution'],
  request: z.object({ statement_id: z.string() }),
  handle({ input, caller, services: { memory, clock } }) {
    memory.get(statementsSlot).find(input.statement_id, caller, clock.now()).cancel();
    return { body: {} };
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/statement-execution/statement-execution.unit.test.ts'],
});
