import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation } from '../../../workspace/index.ts';

/** Makes a greeting. @throws ApiError 409 RESOURCE_ALREADY_EXISTS */
export const createGreeting = defineOperation({
  id: 'template.create',
  method: 'POST',
  path: '/api/2.0/brickbox-template/greetings',
  scope: ['template', 'template.greetings'],
  request: z.object({ name: z.string().min(1), text: z.string() }),
  handle({ input, caller, services: { store } }) {
    if (store.get('SELECT name FROM template_greetings WHERE name = ?', input.name)) {
      throw new ApiError(
        409,
        'RESOURCE_ALREADY_EXISTS',
        `A greeting with the name ${input.name} exists already.`,
      );
    }
    store.run(
      'INSERT INTO template_greetings (name, text, creator) VALUES (?, ?, ?)',
      input.name,
      input.text,
      caller.principal.name,
    );
    return { name: input.name, text: input.text, creator: caller.principal.name };
  },
  grade: 'exact',
  evidence: ['sdk-mocks/families/_template/template.unit.test.ts'],
});
