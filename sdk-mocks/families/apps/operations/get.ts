import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation } from '../../../workspace/index.ts';
import { appBody } from '../app.ts';

/** One app. @throws ApiError 404 in the platform's words (reference apps-platform 6.3) */
export const getApp = defineOperation({
  id: 'apps.get',
  method: 'GET',
  path: '/api/2.0/apps/{name}',
  scope: ['apps'],
  request: z.object({ name: z.string() }),
  handle({ input: { name }, services }) {
    const found = services.ports.apps.list().find((app) => app.name === name);
    if (found) return appBody(found, services);
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `App with name ${name} does not exist or is deleted.`);
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/apps/apps.unit.test.ts', 'sdk-mocks/workspace/sdk-js.client.test.ts'],
});
