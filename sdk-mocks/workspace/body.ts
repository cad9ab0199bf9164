import type { IncomingMessage } from 'node:http';
import { ApiError } from '../../emulator/core/index.ts';

/**
 * Reads a request body whole, at most `limit` bytes.
 * @throws ApiError 413 when it is longer, or when its announced length is.
 */
export function readBody(req: IncomingMessage, limit: number): Promise<Buffer> | Buffer {
  const announced = req.headers['content-length'];
  if (announced === undefined && req.headers['transfer-encoding'] === undefined) return Buffer.alloc(0);
  if (Number(announced) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        req.removeAllListeners('data');
        req.resume();
        reject(tooLarge(limit));
      } else {
        chunks.push(chunk);
      }
    });
    req.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    req.on('error', reject);
    req.on('close', () => reject(new ClientGone()));
  });
}

/** The client closed the connection before it had sent everything. Nobody is left to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/**
 * The JSON object of a body; undefined for an empty one.
 * @throws ApiError 400 MALFORMED_REQUEST when it is not a JSON object.
 */
export function parseJsonObject(body: Buffer): Record<string, unknown> | undefined {
  if (body.length === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed('The request body is not valid JSON.');
  }
  if (!isRecord(value)) throw malformed('The request body must be a JSON object.');
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(message: string): ApiError {
  return new ApiError(400, 'MALFORMED_REQUEST', message);
}

/** assumed: status and code; the platform's own limits are per service. */
function tooLarge(limit: number): ApiError {
  return new ApiError(413, 'REQUEST_ENTITY_TOO_LARGE', `The request body is larger than ${limit} bytes.`, {
    headers: { connection: 'close' },
  });
}
