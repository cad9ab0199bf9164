import { z } from 'zod';
import { BrickboxError } from '../emulator/core/index.ts';
import type {
  ClockView,
  CoverageView,
  EgressView,
  FaultsView,
  FetchAnswer,
  SqlAnswer,
  StatusView,
} from '../emulator/index.ts';

const refusal = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    fix: z.string().optional(),
    explanation: z.object({ rule: z.string(), fix: z.string() }).optional(),
  }),
});

/** Who acts, as the commands' `--as` and `--as-app` say it. */
export interface Who {
  as?: string;
  as_app?: string;
}

/** One entry of the journal, as far as the CLI reads it. */
export interface JournalLine {
  kind: string;
  seq: number;
  at: number;
  [field: string]: unknown;
}

interface AppAdvice {
  app: string;
  scopes: {
    declared: string[];
    used: string[];
    unused: string[];
    missing: { scope: string; operation: string; calls: number }[];
  };
  withoutAttribution: { client: string; operation: string; calls: number }[];
}

export interface Finding {
  severity: 'info' | 'warning' | 'leak';
  finding: string;
  app: string | null;
  message: string;
  fix: string;
}

/** Answers of the control API by route; the shapes are the API's own. */
interface Answers {
  'GET /v1/status': StatusView;
  'GET /v1/clock': ClockView;
  'POST /v1/clock/advance': ClockView;
  'GET /v1/egress': EgressView;
  'GET /v1/faults': FaultsView;
  'POST /v1/faults': FaultsView;
  'DELETE /v1/faults': FaultsView;
  'DELETE /v1/faults/{id}': FaultsView;
  'GET /v1/coverage': CoverageView;
  'GET /v1/journal': { entries: JournalLine[]; last: number; dropped: number };
  'GET /v1/findings': { findings: Finding[] };
  'GET /v1/advice': { apps: AppAdvice[] };
  'POST /v1/tokens': { access_token: string; token_type: 'Bearer' };
  'POST /v1/pats': { token: string };
  'POST /v1/sql': SqlAnswer;
  'POST /v1/fetch': FetchAnswer;
  'POST /v1/console': { url: string };
  'POST /v1/reset': { reset: true };
  'POST /v1/stop': { stopping: true };
  'GET /v1/snapshots': { snapshots: string[] };
  'POST /v1/snapshots': { snapshots: string[] };
  'POST /v1/snapshots/{name}/restore': { restored: string };
  'POST /v1/apps/{name}/{action}': StatusView['apps'][number];
  'GET /v1/apps/{name}/logs': { lines: { at: number; source: string; message: string }[] };
}

type Input = Record<string, unknown>;

/** Talks to the control API of one run. */
export interface ControlClient {
  readonly url: string;
  readonly token: string;
  /** Fields named in the path fill it; the rest is query or body. @throws BrickboxError with the API's own words */
  call<Route extends keyof Answers>(route: Route, input?: Input): Promise<Answers[Route]>;
  /** Server-sent events, until `signal` or the other side ends them. */
  follow(route: keyof Answers, input: Input, signal: AbortSignal): AsyncIterable<unknown>;
}

export function createClient(url: string, token: string): ControlClient {
  const send = async (route: string, input: Input, signal?: AbortSignal) => {
    const { method, path, rest } = place(route, input);
    const target = new URL(path, url);
    if (method === 'GET') {
      for (const [name, value] of Object.entries(rest)) {
        if (value !== undefined) target.searchParams.set(name, String(value));
      }
    }
    try {
      return await fetch(target, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(method === 'POST' && { body: JSON.stringify(rest) }),
        ...(signal && { signal }),
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new BrickboxError('RUN_UNREACHABLE', `Nothing answers at ${url}.`, {
        fix: 'The run may have ended; start it again with brickbox dev or brickbox start.',
        cause,
      });
    }
  };

  return {
    url,
    token,
    async call(route, input = {}) {
      const response = await send(route, input);
      if (!response.ok) throw await refused(response);
      // The one place where the wire's answer takes the type its contract promises.
      return (await response.json()) as never;
    },
    async *follow(route, input, signal) {
      const response = await send(route, { ...input, follow: true }, signal);
      if (!response.ok) throw await refused(response);
      yield* readEvents(response, signal);
    },
  };
}

function place(route: string, input: Input): { method: string; path: string; rest: Input } {
  const [method = 'GET', template = '/'] = route.split(' ');
  const rest = { ...input };
  const path = template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = String(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  return { method, path, rest };
}

async function* readEvents(response: Response, signal: AbortSignal): AsyncIterable<unknown> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const part of response.body ?? []) {
      text += decoder.decode(part, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = block.split('\n').find((line) => line.startsWith('data: '));
        if (data !== undefined && !block.includes('event: behind')) yield JSON.parse(data.slice(6));
      }
    }
  } catch (error) {
    // Being told to stop, or the run ending, is how a stream ends.
    const ended = error instanceof TypeError || (error instanceof Error && error.name === 'AbortError');
    if (!signal.aborted && !ended) throw error;
  }
}

async function refused(response: Response): Promise<BrickboxError> {
  const parsed = refusal.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    return new BrickboxError(
      'UNEXPECTED_ANSWER',
      `The control API answered ${response.status} without a reason.`,
      {
        fix: 'Check that BRICKBOX_URL names a Brickbox run of the same version.',
      },
    );
  }
  const { code, message, fix, explanation } = parsed.data.error;
  const advice = [fix, explanation && `${explanation.rule} ${explanation.fix}`].filter(Boolean).join(' ');
  return new BrickboxError(code, message, advice ? { fix: advice } : {});
}
