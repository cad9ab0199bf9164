import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError } from '../../../emulator/core/index.ts';
import type { Caller } from '../../../emulator/identity/index.ts';
import type { HttpParts } from '../http.ts';
import { bearer, type Exchange, readBody, record, refuse } from '../http.ts';
import {
  applicationErrors,
  decodeCall,
  encodeException,
  encodeReply,
  type Schema,
  ThriftCallError,
  ThriftDecodeError,
  type ThriftStruct,
} from './codec/index.ts';
import { methods } from './methods.ts';
import { type ThriftTarget, thriftTarget } from './paths.ts';
import type { ThriftParts } from './service.ts';
import { ThriftFailure } from './status.ts';

/** TCLIService over HTTP: one message a POST. */
export interface ThriftEndpoint {
  /** False when the path is none of its own. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
}

export function createThriftEndpoint(parts: ThriftParts, http: HttpParts, schema: Schema): ThriftEndpoint {
  return {
    async handle(req, res) {
      const path = (req.url ?? '').split('?')[0] ?? '';
      const target = thriftTarget(path);
      if (!target) return false;
      const exchange: Exchange = {
        req,
        res,
        path,
        operation: operationOf(target),
        caller: null,
        started: performance.now(),
      };
      try {
        await answer(exchange, target, parts, http, schema);
      } catch (error) {
        refuse(error, exchange, http);
      }
      return true;
    },
  };
}

function operationOf({ kind }: ThriftTarget): string {
  return kind === 'warehouse' ? 'warehouse_thrift.call' : 'cluster_thrift.call';
}

async function answer(
  exchange: Exchange,
  target: ThriftTarget,
  parts: ThriftParts,
  http: HttpParts,
  schema: Schema,
): Promise<void> {
  const { req, res } = exchange;
  if (req.method !== 'POST') throw new ApiError(405, 'METHOD_NOT_ALLOWED', 'Thrift calls are POST requests.');
  const caller = await http.verify(bearer(req.headers.authorization));
  exchange.caller = caller;
  http.requireScope(caller, 'sql', exchange.path);
  const warehouse = checkTarget(target, caller, http);
  const bytes = await readBody(req, parts.settings.maxRequestBytes);
  const reply = await respond(bytes, caller, warehouse, exchange, parts, http, schema);
  if (res.destroyed) {
    record(exchange, 0, http);
    return;
  }
  res.writeHead(200, {
    ...http.commonHeaders(),
    'content-type': 'application/x-thrift',
    'content-length': reply.length,
  });
  res.end(reply);
  record(exchange, 200, http);
}

/** Decodes, runs, encodes. Whatever is wrong inside a readable message is answered as Thrift, with HTTP 200. */
async function respond(
  bytes: Buffer,
  caller: Caller,
  warehouse: string,
  exchange: Exchange,
  parts: ThriftParts,
  http: HttpParts,
  schema: Schema,
): Promise<Buffer> {
  const call = decode(bytes, schema);
  if (call instanceof ThriftCallError) {
    exchange.failure = { code: 'BAD_REQUEST', message: call.message };
    return encodeException(call.method, call.sequence, call.message, applicationErrors.protocol, schema);
  }
  const { method, sequence, request } = call;
  const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!run || !request) {
    const message = `TCLIService has no method ${method} here.`;
    exchange.failure = { code: 'NOT_IMPLEMENTED', message };
    return encodeException(method, sequence, message, applicationErrors.unknownMethod, schema);
  }
  exchange.operation = `thrift.${method}`;
  await strike(exchange, http);
  const context = {
    caller,
    target: warehouse,
    origin: originOf(exchange.req),
    signal: signalOf(exchange.res),
    parts,
    note: (failure: { message: string; sqlState: string | undefined }) => {
      exchange.failure = { code: failure.sqlState ?? 'ERROR', ...failure };
    },
  };
  let response: ThriftStruct;
  try {
    response = await run(request, context);
  } catch (error) {
    if (error instanceof ThriftFailure) {
      exchange.failure = { code: error.sqlState, message: error.message };
      return encodeReply(method, sequence, refusal(method, error), schema);
    }
    parts.log.error(
      `thrift.${method} failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
    );
    exchange.failure = { code: 'INTERNAL_ERROR', message: `Brickbox failed at thrift.${method}.` };
    const message = `Brickbox failed at thrift.${method}; its log tells more.`;
    return encodeException(method, sequence, message, applicationErrors.internal, schema);
  }
  return encodeReply(method, sequence, response, schema);
}

/** Fields that readers insist on are there even when the status tells of a failure. */
function refusal(method: string, failure: ThriftFailure): ThriftStruct {
  const status = failure.status();
  if (method === 'OpenSession') return { status, serverProtocolVersion: 42248 };
  if (method === 'GetInfo') return { status, infoValue: { stringValue: '' } };
  return { status };
}

function decode(bytes: Buffer, schema: Schema) {
  try {
    return decodeCall(bytes, schema);
  } catch (error) {
    if (error instanceof ThriftCallError) return error;
    if (error instanceof ThriftDecodeError) throw new ApiError(400, 'BAD_REQUEST', error.message);
    throw error;
  }
}

/** CAN_USE on the warehouse. A cluster path stands for the default warehouse: clusters are not emulated (assumed). */
function checkTarget(target: ThriftTarget, caller: Caller, http: HttpParts): string {
  const warehouses = http.warehouses();
  const known = warehouses.find(({ id }) => id === target.id);
  const id = known?.id ?? (target.kind === 'cluster' ? clusterWarehouse(target, http) : undefined);
  if (id === undefined) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `SQL warehouse ${target.id} does not exist.`);
  }
  http.requireUse(caller, id);
  return id;
}

function clusterWarehouse(target: { workspace: string; id: string }, http: HttpParts): string | undefined {
  if (target.workspace !== http.workspaceId || !/^\d{4}-\d{6}-[a-z0-9]{3,12}$/.test(target.id))
    return undefined;
  return http.warehouses()[0]?.id;
}

/** Fault rules may name `thrift.FetchResults`, or the path. An error goes out as HTTP with the headers drivers read. */
async function strike({ req, res, path, operation }: Exchange, { faults }: HttpParts): Promise<void> {
  const effect = faults.strike('before', { method: req.method ?? 'POST', path, operation: () => operation });
  if (!effect) return;
  if (effect.latency) await wait(effect.latency, undefined, { ref: false });
  if (effect.drop) {
    res.destroy();
    throw new ApiError(503, 'TEMPORARILY_UNAVAILABLE', 'A fault rule cut the connection.');
  }
  if (effect.status !== undefined && effect.status >= 400) {
    const message = effect.message ?? `A fault rule of the sandbox answered ${effect.status}.`;
    throw new ApiError(effect.status, effect.errorCode ?? 'TEMPORARILY_UNAVAILABLE', message, {
      headers: { ...effect.headers },
    });
  }
}

function originOf(req: IncomingMessage): string {
  const secure = 'encrypted' in req.socket && req.socket.encrypted === true;
  return `${secure ? 'https' : 'http'}://${req.headers.host ?? ''}`;
}

function signalOf(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort();
  });
  return controller.signal;
}
