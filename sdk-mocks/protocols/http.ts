import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, type Explanation, type Log } from '../../emulator/core/index.ts';
import type { Faults } from '../../emulator/faults/index.ts';
import type { Caller } from '../../emulator/identity/index.ts';
import type { Journal } from '../../emulator/journal/index.ts';

/** What the wire protocols need of the house to answer over HTTP. */
export interface HttpParts {
  journal: Journal;
  faults: Faults;
  log: Log;
  workspaceId: string;
  warehouses(): { id: string }[];
  /** @throws ApiError 401 or 403 in the platform's forms. */
  verify(token: string | undefined): Promise<Caller>;
  /** @throws ApiError 403 when the token carries no scope that opens it. */
  requireScope(caller: Caller, scope: string, path: string): void;
  /** CAN_USE on a warehouse. @throws ApiError 403. */
  requireUse(caller: Caller, warehouse: string): void;
  /** Headers every answer of the workspace has. */
  commonHeaders(): Record<string, string>;
}

/** One request, and what the journal will tell of it. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  readonly started: number;
  operation: string;
  caller: Caller | null;
  failure?: { code: string | number; message: string; explanation?: Explanation | undefined };
}

/** The scheme is case-insensitive (RFC 7235). Other schemes count as no credential. */
export function bearer(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +(\S+)\s*$/i.exec(header)?.[1];
}

/** Reads a body whole. @throws ApiError 413 when it is longer than `limit` bytes, 499 when the client went away. */
export function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        req.removeAllListeners('data');
        req.resume();
        reject(tooLarge(limit));
      } else chunks.push(chunk);
    });
    req.on('end', () => resolve(Buffer.concat(chunks)));
    req.on('error', reject);
    req.on('close', () =>
      reject(
        new ApiError(499, 'CANCELLED', 'The client closed the connection before its request was complete.'),
      ),
    );
  });
}

function tooLarge(limit: number): ApiError {
  const message = `The request body is larger than ${limit} bytes.`;
  return new ApiError(413, 'REQUEST_ENTITY_TOO_LARGE', message, { headers: { connection: 'close' } });
}

/**
 * Answers an error over HTTP. Drivers read its text from headers, not from the body (code: databricks-sql-python,
 * databricks-sql-go).
 */
export function refuse(error: unknown, exchange: Exchange, http: HttpParts): void {
  const { res } = exchange;
  const api = toApiError(error, exchange, http);
  exchange.failure = { code: api.code, message: api.message, explanation: api.explanation };
  record(exchange, api.status, http);
  if (res.destroyed || res.headersSent) {
    res.destroy();
    return;
  }
  const text = headerText(api.message);
  const body = Buffer.from(
    typeof api.body === 'string'
      ? api.body
      : JSON.stringify(api.body ?? { error_code: api.code, message: api.message }),
  );
  res.writeHead(api.status, {
    ...http.commonHeaders(),
    'content-type':
      typeof api.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'content-length': body.length,
    'x-databricks-reason-phrase': text,
    'x-thriftserver-error-message': text,
    ...api.headers,
  });
  res.end(body);
}

function toApiError(error: unknown, { operation }: Exchange, { log }: HttpParts): ApiError {
  if (error instanceof ApiError) return error;
  log.error(
    `${operation} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return new ApiError(500, 'INTERNAL_ERROR', `Brickbox failed at ${operation}; its log tells more.`);
}

/** Header values are one line of ASCII. */
function headerText(message: string): string {
  return message.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 1000);
}

export function record(exchange: Exchange, status: number, { journal }: HttpParts): void {
  const { caller, failure, req } = exchange;
  const userAgent = req.headers['user-agent'];
  journal.append({
    kind: 'call',
    exchange: caller?.exchange ?? null,
    caller: caller && {
      principal: caller.principal.name,
      kind: caller.principal.kind,
      how: caller.how,
      app: caller.app,
      tokenId: caller.tokenId,
    },
    operation: exchange.operation,
    method: req.method ?? '',
    path: exchange.path,
    status,
    duration: performance.now() - exchange.started,
    ...(failure ? { errorCode: failure.code, message: failure.message } : {}),
    ...(failure?.explanation ? { explanation: failure.explanation } : {}),
    ...(userAgent === undefined ? {} : { userAgent }),
  });
}
