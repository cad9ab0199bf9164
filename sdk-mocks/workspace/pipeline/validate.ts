import { parse } from 'node:querystring';
import { ApiError } from '../../../emulator/core/index.ts';
import { parseJsonObject, readBody } from '../body.ts';
import type { Match } from '../router.ts';
import { type Call, type Step, written } from './context.ts';

/** Path, query and JSON body, merged and checked by the operation's schema. Unknown fields are ignored, as on the platform. */
export const validate: Step = (call, house) => {
  const match = written(call.match, 'the operation');
  const raw = match.operation.body === 'raw';
  const body = readBody(call.req, raw ? house.settings.maxFileBytes : house.settings.maxBodyBytes);
  if (Buffer.isBuffer(body)) {
    check(call, match, body);
    return;
  }
  return body.then((bytes) => check(call, match, bytes));
};

function check(call: Call, { operation, params }: Match, body: Buffer): void {
  const query = call.query === '' ? undefined : parse(call.query);
  const raw = operation.body === 'raw';
  if (raw) call.body = body;
  const fields = raw ? undefined : parseJsonObject(body);
  const parsed = operation.request.safeParse({ ...query, ...fields, ...params });
  if (parsed.success) {
    call.input = parsed.data;
    return;
  }
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const message = field
    ? `Invalid value for ${field}: ${issue?.message}`
    : (issue?.message ?? 'Invalid request');
  throw new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
}
