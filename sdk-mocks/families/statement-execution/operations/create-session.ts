import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';
import { warehouseNeed } from '../request.ts';
import { sessionsSlot } from '../sessions.ts';

const request = z.object({
  warehouse_id: z.string(),
  catalog: z.string().optional(),
  schema: z.string().optional(),
  session_confs: z.record(z.string(), z.string()).nullish(),
});

/** Opens a session. Not public; drivers that speak this API begin with it (recorded). */
export const createSession = defineOperation({
  id: 'sql_sessions.create_session',
  method: 'POST',
  path: '/api/2.0/sql/sessions',
  scope: ['sql', 'sql.statement-execution'],
  request,
  needs: ({ warehouse_id }, services) => warehouseNeed(warehouse_id, services),
  handle({ input, caller, services: { clock, ids, memory, ports } }) {
    const { warehouse_id, catalog, schema, session_confs } = input;
    const zone = Object.entries(session_confs ?? {}).find(([name]) => name.toUpperCase() === 'TIMEZONE')?.[1];
    const sql = {
      ...ports.warehouses.session(),
      ...(catalog ? { catalog, schema: 'default' } : {}),
      ...(schema ? { schema } : {}),
      ...(zone === undefined ? {} : { timeZone: zone }),
    };
    const session_id = ids.uuid('session');
    memory.get(sessionsSlot).open(session_id, caller, warehouse_id, sql, clock.now());
    return { body: { session_id } };
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/statement-execution/delivery.unit.test.ts'],
});
