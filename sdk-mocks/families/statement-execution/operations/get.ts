import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';
import { statementReply } from '../response.ts';
import { statementsSlot } from '../statements.ts';

/** Status of a statement, with manifest and first chunk once it has succeeded. */
export const getStatement = defineOperation({
  id: 'statement_execution.get_statement',
  method: 'GET',
  path: '/api/2.0/sql/statements/{statement_id}',
  scope: ['sql', 'sql.statement-execution'],
  request: z.object({ statement_id: z.string() }),
  handle({ input, caller, origin, services }) {
    const { memory, clock } = services;
    const statement = memory.get(statementsSlot).find(input.statement_id, caller, clock.now());
    return statementReply(statement, { caller, origin, services });
  },
  grade: 'thin',
  evidence: [
    'sdk-mocks/families/statement-execution/statement-execution.unit.test.ts',
    'sdk-mocks/workspace/sdk-js.client.test.ts',
  ],
});
