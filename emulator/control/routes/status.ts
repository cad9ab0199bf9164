import { z } from 'zod';
import { defineRoute, empty } from '../define.ts';
import { ControlError } from '../errors.ts';
import { personaView, statusView } from '../schemas.ts';
import { viewPersonas, viewStatus } from '../views.ts';

export const statusRoutes = [
  defineRoute({
    method: 'GET',
    path: '/v1/status',
    summary: 'What runs: addresses, personas, apps, egress mode, loosened checks.',
    input: empty,
    answer: statusView,
    handle: (_input, context) => viewStatus(context),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/personas',
    summary: 'The people of this world.',
    input: empty,
    answer: z.object({ personas: z.array(personaView) }),
    handle: (_input, { target }) => ({ personas: viewPersonas(target) }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/console',
    summary: 'A fresh link to the console, good for one use.',
    input: empty,
    answer: z.object({ url: z.string() }),
    handle: (_input, { consoleLink }) => ({ url: consoleLink() }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/stop',
    summary: 'Ends the run that owns this sandbox.',
    input: empty,
    answer: z.object({ stopping: z.literal(true) }),
    handle: (_input, { stop }) => {
      if (!stop) {
        throw new ControlError(
          409,
          'NOT_STOPPABLE',
          'This sandbox belongs to another program.',
          'End the program that made it.',
        );
      }
      setImmediate(stop);
      return { stopping: true as const };
    },
  }),
];
