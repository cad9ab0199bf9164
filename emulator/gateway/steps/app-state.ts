/**
 * An app that is stopped, crashed or being deployed for the first time shows "App Not Available" (field; status
 * 503 is assumed); one that should run but cannot be reached is 502 (docs: troubleshooting). During a redeploy
 * the old process serves on.
 */
import { type Answer, json, page } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Front } from './step.ts';

export function appState(exchange: Exchange, front: Front): Answer | undefined {
  const { backend } = front.options;
  const state = backend.state();
  if (state !== 'stopped' && state !== 'crashed') {
    if (backend.target()) return undefined;
    if (state !== 'deploying') return badGateway(exchange, backend.name, undefined);
  }
  const explanation = explanations[state](backend.name);
  if (front.settings.unavailable_format === 'json_under_api' && exchange.isApi) {
    const body = { error_code: 'TEMPORARILY_UNAVAILABLE', message: `App ${backend.name} is not available.` };
    return json(503, body, 'unavailable', explanation);
  }
  return page(
    {
      status: 503,
      title: 'App Not Available',
      text: 'The app is not running. Please try again later.',
      explanation,
    },
    exchange.id,
    'unavailable',
  );
}

/** 502: the app does not listen where it was told to. `cause` is the network error, for example ECONNREFUSED. */
export function badGateway(exchange: Exchange, app: string, cause: string | undefined): Answer {
  return page(
    {
      status: 502,
      title: 'Bad Gateway',
      text: 'The app did not answer.',
      explanation: {
        rule: cause
          ? `The connection to app ${app} failed (${cause}).`
          : `App ${app} is running but does not listen yet.`,
        fix: `See \`brickbox logs ${app}\`. The app must listen on the port given in DATABRICKS_APP_PORT, with plain HTTP.`,
      },
    },
    exchange.id,
    'unavailable',
  );
}

const explanations: Record<
  'stopped' | 'crashed' | 'deploying',
  (app: string) => { rule: string; fix: string }
> = {
  stopped: (app) => ({
    rule: `App ${app} is stopped.`,
    fix: 'Start it from the console, with `databricks apps start`, or run `brickbox dev` again.',
  }),
  crashed: (app) => ({
    rule: `The process of app ${app} ended by itself.`,
    fix: `Read the last lines of \`brickbox logs ${app}\`, fix the cause and start the app again.`,
  }),
  deploying: (app) => ({
    rule: `App ${app} is being deployed and no earlier version is there to serve.`,
    fix: `Wait for the deployment to finish; \`brickbox logs ${app}\` shows how far it is.`,
  }),
};
