import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Explanation } from '../../../emulator/core/index.ts';
import type { Faults } from '../../../emulator/faults/index.ts';
import type { Caller } from '../../../emulator/identity/index.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Reply, Services } from '../define.ts';
import type { Match, Router } from '../router.ts';
import type { WorkspaceSettings } from '../settings.ts';

/** What every request of one workspace shares. */
export interface House {
  services: Services;
  router: Router;
  catalogue: Catalogue;
  faults: Faults;
  settings: WorkspaceSettings;
}

/** One request on its way down the table of steps. Each step reads what earlier ones wrote. */
export interface Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  /** Raw query without `?`. */
  readonly query: string;
  /** Wall milliseconds of `performance.now()` when it arrived. */
  readonly started: number;
  requestId: string;
  caller: Caller | null;
  match: Match | null;
  /** Id of the operation, built or only catalogued. */
  operation: string | null;
  scopes: { required: readonly string[]; satisfiedBy: string | null } | null;
  input: unknown;
  /** Bytes of an operation that takes them raw. */
  body: Buffer;
  reply: Reply | null;
  /** What the journal keeps of a failure. */
  failure: { code: string | number; message: string; explanation: Explanation | undefined } | null;
  /** The connection is to be cut without an answer. */
  dropped: boolean;
}

/** One rule of the pipeline. Throws an ApiError to answer it and skip the steps after it. */
export type Step = (call: Call, house: House) => void | Promise<void>;

/** What an earlier step must have written; missing means the table is in the wrong order. */
export function written<T>(value: T | null, name: string): T {
  if (value === null) throw new Error(`The pipeline needs ${name} before this step.`);
  return value;
}
