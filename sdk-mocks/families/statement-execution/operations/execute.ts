import { defineOperation } from '../../../workspace/index.ts';
import { checkDelivery, executeRequest, warehouseNeed } from '../request.ts';
import { statementReply } from '../response.ts';
import { run } from '../run.ts';
import { sessionsSlot } from '../sessions.ts';
import { statementsSlot } from '../statements.ts';
import { settledWithin } from '../wait.ts';

/**
 * Runs a statement and waits for it up to `wait_timeout`; after that it goes on in the background, or is cancelled.
 * A client that goes away does not stop its statement.
 */
export const executeStatement = defineOperation({
  id: 'statement_execution.execute_statement',
  method: 'POST',
  path: '/api/2.0/sql/statements',
  scope: ['sql', 'sql.statement-execution'],
  request: executeRequest,
  needs: ({ warehouse_id }, services) => warehouseNeed(warehouse_id, services),
  async handle({ input, caller, signal, origin, services }) {
    checkDelivery(input);
    const { memory, clock } = services;
    const session =
      input.session_id === undefined
        ? undefined
        : memory.get(sessionsSlot).use(input.session_id, caller, input.warehouse_id, clock.now());
    const id = services.ids.uuid('statement');
    const statement = memory.get(statementsSlot).add(id, caller, clock.now());
    run(statement, input, caller, services, session);
    if (input.wait_timeout === 0) return { body: { statement_id: id, status: { state: 'PENDING' } } };
    const settled = await settledWithin(statement.finished, input.wait_timeout, signal);
    if (!settled && !signal.aborted && input.on_wait_timeout === 'CANCEL') statement.cancel();
    return statementReply(statement, { caller, origin, services });
  },
  grade: 'thin',
  evidence: [
    'sdk-mocks/families/statement-execution/statement-execution.unit.test.ts',
    'sdk-mocks/workspace/sdk-js.client.test.ts',
  ],
});
