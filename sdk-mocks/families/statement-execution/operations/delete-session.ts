import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';
import { warehouseNeed } from '../request.ts';
import { sessionsSlot } from '../sessions.ts';

/** Closes a session. The warehouse comes in the query or, from Python's driver, in the body (recorded). */
export const deleteSession = defineOperation({
  id: 'sql_sessions.delete_session',
  method: 'DELETE',
  path: '/api/2.0/sql/sessions/{session_id}',
  scope: ['sql', 'sql.statement-execution'],
  request: z.object({ session_id: z.string(), warehouse_id: z.string() }),
  needs: ({ warehouse_id }, services) => warehouseNeed(warehouse_id, services),
  handle({ input, caller, services: { clock, memory } }) {
    memory.get(sessionsSlot).close(input.session_id, caller, input.warehouse_id, clock.now());
    return { body: {} };
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/statement-execution/delivery.unit.test.ts'],
});
