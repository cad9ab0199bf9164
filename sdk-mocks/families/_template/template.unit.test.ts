import { expect, test } from 'vitest';
import { ana, bob, startWorkspace } from '../../../test/support/workspace.ts';
import { family } from './family.ts';

test('makes and shows a greeting, as far as scopes and permissions allow', async () => {
  await using house = await startWorkspace({ families: [family], allow: [`${ana.name} CAN_READ hello`] });
  const writer = house.token(bob, { scopes: ['template'] });
  const made = await house.call(writer, 'POST /api/2.0/brickbox-template/greetings', {
    name: 'hello',
    text: 'Hi',
  });
  expect(made.body).toEqual({ name: 'hello', text: 'Hi', creator: bob.name });
  const again = await house.call(writer, 'POST /api/2.0/brickbox-template/greetings', {
    name: 'hello',
    text: 'x',
  });
  expect(again).toMatchObject({ status: 409, body: { error_code: 'RESOURCE_ALREADY_EXISTS' } });

  const reader = house.token(ana, { scopes: ['template.greetings:read'] });
  const seen = await house.call(reader, 'GET /api/2.0/brickbox-template/greetings/hello');
  expect(seen).toMatchObject({ status: 200, body: { text: 'Hi' } });
  const refused = await house.call(writer, 'GET /api/2.0/brickbox-template/greetings/hello');
  expect(refused).toMatchObject({ status: 403, body: { error_code: 'PERMISSION_DENIED' } });
  const narrow = await house.call(reader, 'POST /api/2.0/brickbox-template/greetings', {
    name: 'a',
    text: 'b',
  });
  expect(narrow).toMatchObject({ status: 403, text: 'Invalid scope, required scopes: template' });
});
