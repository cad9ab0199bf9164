import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation, type Need, type Services } from '../../../workspace/index.ts';
import { appBody } from '../app.ts';

const evidence = ['sdk-mocks/families/apps/apps.unit.test.ts'];
const request = z.object({ name: z.string() });

function find(name: string, { ports }: Services) {
  const found = ports.apps.list().find((app) => app.name === name);
  if (found) return found;
  throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `App with name ${name} does not exist or is deleted.`);
}

function needs({ name }: { name: string }, services: Services): Need[] {
  find(name, services);
  return [{ privilege: 'CAN_MANAGE', on: { kind: 'APP', name } }];
}

/** Answers once the app runs or failed to; the platform answers STARTING at once and clients wait (reference apps-platform 6.3). */
export const startApp = defineOperation({
  id: 'apps.start',
  method: 'POST',
  path: '/api/2.0/apps/{name}/start',
  scope: ['apps'],
  request,
  needs,
  async handle({ input: { name }, caller, services }) {
    await services.ports.apps.start(name, caller);
    return appBody(find(name, services), services);
  },
  grade: 'thin',
  evidence,
});

export const stopApp = defineOperation({
  id: 'apps.stop',
  method: 'POST',
  path: '/api/2.0/apps/{name}/stop',
  scope: ['apps'],
  request,
  needs,
  async handle({ input: { name }, caller, services }) {
    await services.ports.apps.stop(name, caller);
    return appBody(find(name, services), services);
  },
  grade: 'thin',
  evidence,
});
