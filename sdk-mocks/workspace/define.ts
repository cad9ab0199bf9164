import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Clock, Explanation, Ids, Log, Secrets } from '../../emulator/core/index.ts';
import type { Journal } from '../../emulator/journal/index.ts';
import type { Caller, Policy, Privilege, SecurableRef } from '../../emulator/policy/index.ts';
import type { Migration, Store } from '../../emulator/state/index.ts';
import type { Catalog, VolumeFiles, Warehouse } from '../sql/index.ts';
import type { Ports } from './ports.ts';

/** How close an operation is to the platform, shown in coverage. */
export type Grade = 'exact' | 'thin' | 'assumed';

/** Services an operation may use. One object per sandbox. */
export interface Services {
  clock: Clock;
  ids: Ids;
  secrets: Secrets;
  log: Log;
  store: Store;
  journal: Journal;
  policy: Policy;
  warehouse: Warehouse;
  /** What exists in Unity Catalog: the rows behind the warehouse and the Unity Catalog API. */
  metastore: Catalog;
  /** Files in volumes, behind the rights of each caller. */
  volumes: VolumeFiles;
  ports: Ports;
  /** What families keep in memory for this sandbox. The workspace makes it. */
  memory: Memory;
}

/** What the composition root gives to the workspace: everything but `memory`. */
export type HostServices = Omit<Services, 'memory'>;

/** A place for what one family keeps in memory, one value for each sandbox, for example running statements. */
export interface Slot<T> {
  name: string;
  create(): T;
  /** Called before the value is forgotten: at reset and at close. */
  drop?(value: T): void;
}

export interface Memory {
  /** The value of the slot, made at first use and forgotten when the sandbox is reset. */
  get<T>(slot: Slot<T>): T;
}

/** One request as a handler sees it. */
export interface Exchange<Input> {
  caller: Caller;
  /** Path parameters, query and JSON body merged, validated by `request`. Query values are strings before validation. */
  input: Input;
  requestId: string;
  /** Where the client came in, `http://127.0.0.1:PORT`: links of an answer lead back there. */
  origin: string;
  signal: AbortSignal;
  services: Services;
  /** The body as it was sent, when the operation takes it `raw`; else empty. */
  body: Buffer;
  /** Headers of the request, names in lower case. */
  headers: IncomingHttpHeaders;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** Encoded as JSON; a Buffer is sent as it is. */
  body: object | Buffer;
  /** For the journal, when the answer is an HTTP success that tells of a failure (a failed SQL statement). */
  note?: { errorCode?: string; message: string; explanation?: Explanation };
}

/** What the caller must hold, computed from the input. Checked by the pipeline before `handle`. */
export interface Need {
  privilege: Privilege;
  on: SecurableRef;
  /** Message of the 403 when the platform's differs from the authorizer's reason. */
  denied?: string;
}

export interface Operation<Request extends z.ZodType = z.ZodType> {
  /** Id of the operations catalogue, for example `statement_execution.execute_statement`. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** With `{name}` segments; `{name*}` takes the rest of the path. */
  path: string;
  /**
   * Any one of these scopes (or a parent, or `all-apis`) opens it; the first is the one an error names.
   * `null`: every authenticated caller.
   */
  scope: readonly string[] | null;
  request: Request;
  /** `raw`: the body is bytes for the handler, not JSON to be merged into the input. */
  body?: 'raw';
  /** May throw an ApiError first, for example 404 when the object does not exist. */
  needs?: (input: z.output<Request>, services: Services) => Need[];
  handle(exchange: Exchange<z.output<Request>>): Promise<Reply | object> | Reply | object;
  grade: Grade;
  /** Test files that show it, relative to the repository. */
  evidence: readonly string[];
}

export interface Family {
  /** Folder name. */
  name: string;
  title: string;
  /** Public documentation of the API. */
  docs: string;
  operations: readonly Operation[];
  migrations?: readonly Migration[];
}

/** Keeps the types of one operation together; the identity function at run time. */
export function defineOperation<Request extends z.ZodType>(operation: Operation<Request>): Operation {
  return operation as unknown as Operation;
}

/** Names one family's place in the memory of a sandbox. */
export function defineSlot<T>(slot: Slot<T>): Slot<T> {
  return slot;
}

export function defineFamily(family: Family): Family {
  return family;
}
