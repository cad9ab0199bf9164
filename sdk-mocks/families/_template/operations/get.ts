import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation } from '../../../workspace/index.ts';

/** One greeting by name, for those who hold CAN_READ on it. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
export const getGreeting = defineOperation({
  id: 'template.get',
  method: 'GET',
  path: '/api/2.0/brickbox-template/greetings/{name}',
  scope: ['template', 'template.greetings:read'],
  request: z.object({ name: z.string() }),
  needs: ({ name }) => [{ privilege: 'CAN_READ', on: { kind: 'SECRET_SCOPE', name } }],
  handle({ input, services: { store } }) {
    const found = store.get<{ name: string; text: string; creator: string }>(
      'SELECT name, text, creator FROM template_greetings WHERE name = ?',
      input.name,
    );
    if (!found)
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `No greeting with the name ${input.name}.`);
    return found;
  },
  grade: 'exact',
  evidence: ['sdk-mocks/families/_template/template.unit.test.ts'],
});
