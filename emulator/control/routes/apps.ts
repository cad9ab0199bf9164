import { z } from 'zod';
import { defineRoute, empty } from '../define.ts';
import { appView, logLine } from '../schemas.ts';
import { findApp, viewApp } from '../views.ts';

const named = z.strictObject({ name: z.string() });

export const appRoutes = [
  defineRoute({
    method: 'GET',
    path: '/v1/apps',
    summary: 'Apps with address, state and service principal.',
    input: empty,
    answer: z.object({ apps: z.array(appView) }),
    handle: (_input, { target }) => ({ apps: target.apps.map(viewApp) }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/apps/{name}/{action}',
    summary: 'Starts, stops or restarts an app and waits until it did.',
    input: named.extend({ action: z.enum(['start', 'stop', 'restart']) }),
    answer: appView,
    handle: async ({ name, action }, { target }) => {
      const app = findApp(target, name);
      await app[action]();
      return viewApp(app);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/apps/{name}/logs',
    summary: 'What an app printed; with follow=true as server-sent events.',
    input: named.extend({
      limit: z.coerce.number().int().min(1).max(10_000).default(200),
      follow: z.stringbool().default(false),
    }),
    answer: z.object({ lines: z.array(logLine) }),
    handle: ({ name, limit }, { target }) => ({ lines: findApp(target, name).logs(limit) }),
    follow: ({ name, limit }, { target }, send) => {
      const app = findApp(target, name);
      for (const line of app.logs(limit)) send(line);
      return app.followLogs((line) => send(line));
    },
  }),
];
