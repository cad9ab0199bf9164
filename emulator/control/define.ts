import { z } from 'zod';
import type { FindingEntry } from '../journal/index.ts';
import type { Sandbox } from '../sandbox-contract.ts';

/** What the control API needs from a sandbox. `Sandbox` satisfies it. */
export type ControlTarget = Pick<
  Sandbox,
  | 'id'
  | 'workspaceUrl'
  | 'workspaceId'
  | 'warehouseId'
  | 'apps'
  | 'clock'
  | 'faults'
  | 'journal'
  | 'loosened'
  | 'egressMode'
  | 'personas'
  | 'as'
  | 'asApp'
  | 'anonymous'
  | 'createPat'
  | 'egressReport'
  | 'findings'
  | 'reset'
  | 'snapshot'
  | 'restore'
  | 'snapshots'
>;

/** A row of the coverage table. */
export interface CoverageRow {
  id: string;
  method: string;
  path: string;
  family: string | null;
  grade: string;
  evidence: readonly string[];
}

/** What the routes work with. */
export interface RouteContext {
  target: ControlTarget;
  coverage?: (() => readonly CoverageRow[] | Promise<readonly CoverageRow[]>) | undefined;
  /** Ends the process that owns the sandbox, after the answer was sent. */
  stop?: (() => void) | undefined;
  /** Lines the banner shows, repeated in `status`. */
  notes: readonly string[];
  findings(): FindingEntry[];
  /** A fresh one-time link to the console. */
  consoleLink(): string;
}

export type Method = 'GET' | 'POST' | 'DELETE';

/** Sends one server-sent event. `id` lets a client continue after a lost connection. */
export type Send = (data: object, id?: number) => void;

export interface Route {
  method: Method;
  /** With `{name}` segments. */
  path: string;
  summary: string;
  input: z.ZodObject;
  answer: z.ZodType;
  /** Validates and answers. @throws ZodError, ControlError, BrickboxError, ApiError, SqlError */
  run(raw: object, context: RouteContext): Promise<unknown>;
  /** The same as a stream of server-sent events, for `follow`. Returns the function that ends it. */
  follow?: (raw: object, context: RouteContext, send: Send) => () => void;
}

/** Ties the types of one route together: path, query and body are validated as one object. */
export function defineRoute<Input extends z.ZodObject, Answer extends z.ZodType>(route: {
  method: Method;
  path: string;
  summary: string;
  input: Input;
  answer: Answer;
  handle(
    input: z.output<Input>,
    context: RouteContext,
  ): z.input<NoInfer<Answer>> | Promise<z.input<NoInfer<Answer>>>;
  follow?(input: z.output<Input>, context: RouteContext, send: Send): () => void;
}): Route {
  const { method, path, summary, input, answer, follow } = route;
  return {
    method,
    path,
    summary,
    input,
    answer,
    run: async (raw, context) => route.handle(input.parse(raw), context),
    ...(follow && { follow: (raw, context, send) => follow(input.parse(raw), context, send) }),
  };
}

export const empty = z.strictObject({});
