import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';
import { appBody } from '../app.ts';

/** All apps: every workspace user sees their names (docs: apps permissions). */
export const listApps = defineOperation({
  id: 'apps.list',
  method: 'GET',
  path: '/api/2.0/apps',
  scope: ['apps'],
  request: z.object({}),
  handle: ({ services }) => ({ apps: services.ports.apps.list().map((app) => appBody(app, services)) }),
  grade: 'thin',
  evidence: ['sdk-mocks/families/apps/apps.unit.test.ts', 'sdk-mocks/workspace/sdk-js.client.test.ts'],
});
