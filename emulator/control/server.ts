import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import express, { type NextFunction, type Request, type Response } from 'express';
import { z } from 'zod';
import { type Log, listenOnLoopback, type Secrets, systemSecrets } from '../core/index.ts';
import type { ControlTarget, CoverageRow, Route, RouteContext } from './define.ts';
import { ControlError, encodeError } from './errors.ts';
import { createGuard } from './guard.ts';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes/index.ts';
import { streamEvents } from './stream.ts';

export interface ControlOptions {
  sandbox: ControlTarget;
  /** The run's secret (`BRICKBOX_TOKEN`), at least 32 characters. */
  secret: string;
  log: Log;
  secrets?: Secrets;
  /** Default 0: a free port. Always on 127.0.0.1. */
  port?: number;
  coverage?: () => readonly CoverageRow[] | Promise<readonly CoverageRow[]>;
  /** Called for `POST /v1/stop`. Without it the run cannot be stopped from outside. */
  onStop?: () => void;
  /** Lines the banner shows. */
  notes?: readonly string[];
}

export interface Control {
  /** For example `http://127.0.0.1:4713`. */
  readonly url: string;
  /** A link that opens the console once. The code is in the fragment: it reaches neither logs nor referrers. */
  consoleLink(): string;
  close(): Promise<void>;
}

const consoleFolder = fileURLToPath(new URL('./console/', import.meta.url));

const pageHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Starts the control API and the console of one sandbox. @throws BrickboxError PORT_TAKEN */
export async function createControl(options: ControlOptions): Promise<Control> {
  const server = createServer();
  const port = await listenOnLoopback(server, options.port ?? 0, 'the control API');
  const host = `127.0.0.1:${port}`;
  const guard = createGuard({
    secret: options.secret,
    host: () => host,
    secrets: options.secrets ?? systemSecrets,
  });
  const consoleLink = () => `http://${host}/#code=${guard.issueCode()}`;
  const context: RouteContext = {
    target: options.sandbox,
    coverage: options.coverage,
    stop: options.onStop,
    notes: options.notes ?? [],
    findings: () => options.sandbox.findings(),
    consoleLink,
  };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((req, res, next) => {
    res.set(pageHeaders);
    guard.checkPlace(req.headers);
    next();
  });
  app.use(express.json({ limit: '4mb', type: () => true }));
  const code = z.strictObject({ code: z.string() });
  app.post('/console/session', (req, res) => {
    res.json({ key: guard.redeemCode(code.parse(req.body).code) });
  });
  app.get('/favicon.ico', (_req, res) => {
    res.status(204).end();
  });
  app.use(express.static(consoleFolder, { index: 'index.html', redirect: false, cacheControl: false }));
  app.use('/v1', (req, _res, next) => {
    guard.checkSecret(req.headers);
    next();
  });
  app.get('/v1/openapi.json', (_req, res) => {
    res.json(openApiDocument());
  });
  for (const route of routes) mount(app, route, context);
  app.use((req) => {
    throw new ControlError(
      404,
      'NOT_FOUND',
      `There is no ${req.method} ${req.path}.`,
      'See /v1/openapi.json for what there is.',
    );
  });
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const { status, body, unexpected } = encodeError(error);
    if (unexpected) options.log.error(`Control API: ${req.method} ${req.path} failed: ${String(error)}`);
    res.status(status).json(body);
  });
  server.on('request', app);

  return {
    url: `http://${host}`,
    consoleLink,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function mount(app: express.Express, route: Route, context: RouteContext): void {
  const handler = async (req: Request, res: Response) => {
    const raw: Record<string, unknown> = { ...req.query, ...(req.body ?? {}), ...req.params };
    const wantsStream = req.query['follow'] !== undefined && req.query['follow'] !== 'false';
    const { follow } = route;
    if (follow && wantsStream) {
      const last = req.headers['last-event-id'];
      if (typeof last === 'string' && 'after' in route.input.shape) raw['after'] = last;
      streamEvents(req, res, (send) => follow(raw, context, send));
      return;
    }
    res.json(await route.run(raw, context));
  };
  const at = app.route(route.path.replaceAll(/\{(\w+)\}/g, ':$1'));
  if (route.method === 'GET') at.get(handler);
  else if (route.method === 'POST') at.post(handler);
  else at.delete(handler);
}
