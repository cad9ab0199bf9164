import { ApiError, BrickboxError, SqlError } from '../../../emulator/core/index.ts';
import type { Call, House } from './context.ts';
import { Answered } from './fault.ts';

/** Turns what a step threw into the answer and into what the journal keeps. */
export function fail(error: unknown, call: Call, house: House): void {
  if (error instanceof Answered) {
    call.reply = error.reply;
    return;
  }
  const api = toApiError(error, call, house);
  call.failure = { code: api.code, message: api.message, explanation: api.explanation };
  call.reply = { status: api.status, headers: { ...api.headers }, body: bodyOf(api) };
}

function toApiError(error: unknown, call: Call, house: House): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof SqlError) {
    return new ApiError(400, 'BAD_REQUEST', error.message, { ...explained(error) });
  }
  if (error instanceof BrickboxError && error.kind === 'user') {
    return new ApiError(400, 'BAD_REQUEST', error.fix ? `${error.message} ${error.fix}` : error.message);
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  house.services.log.error(`${call.operation ?? call.path} failed (request ${call.requestId}): ${detail}`);
  return new ApiError(
    500,
    'INTERNAL_ERROR',
    `Brickbox failed at ${call.operation ?? call.path}; its log tells more under request ${call.requestId}.`,
  );
}

function explained({ explanation }: SqlError) {
  return explanation ? { explanation } : {};
}

function bodyOf(error: ApiError): object | Buffer {
  if (typeof error.body === 'string') return Buffer.from(error.body);
  if (error.body !== undefined) return error.body;
  const { code, message, details } = error;
  return details.length > 0 ? { error_code: code, message, details } : { error_code: code, message };
}
