import { z } from 'zod';
import { defineRoute, empty } from '../define.ts';
import { clockView } from '../schemas.ts';
import { viewClock } from '../views.ts';

const name = z.string().regex(/^[\w.-]{1,64}$/, 'letters, digits, dot, dash and underscore, at most 64');
const snapshots = z.object({ snapshots: z.array(z.string()) });

export const worldRoutes = [
  defineRoute({
    method: 'POST',
    path: '/v1/reset',
    summary: 'Back to the seed. Open exchanges end first.',
    input: empty,
    answer: z.object({ reset: z.literal(true) }),
    handle: async (_input, { target }) => {
      await target.reset();
      return { reset: true as const };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/snapshots',
    summary: 'Names of the kept states.',
    input: empty,
    answer: snapshots,
    handle: (_input, { target }) => ({ snapshots: target.snapshots() }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/snapshots',
    summary: 'Keeps the present state under a name.',
    input: z.strictObject({ name }),
    answer: snapshots,
    handle: (input, { target }) => {
      target.snapshot(input.name);
      return { snapshots: target.snapshots() };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/snapshots/{name}/restore',
    summary: 'Brings a kept state back.',
    input: z.strictObject({ name }),
    answer: z.object({ restored: z.string() }),
    handle: async (input, { target }) => {
      await target.restore(input.name);
      return { restored: input.name };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/clock',
    summary: 'Virtual time of the sandbox.',
    input: empty,
    answer: clockView,
    handle: (_input, { target }) => viewClock(target),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/clock/advance',
    summary: 'Moves virtual time forward: sessions and tokens expire by it.',
    input: z.strictObject({ milliseconds: z.number().positive() }),
    answer: clockView,
    handle: ({ milliseconds }, { target }) => {
      target.clock.advance(milliseconds);
      return viewClock(target);
    },
  }),
];
