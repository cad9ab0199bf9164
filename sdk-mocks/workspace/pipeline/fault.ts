import { setTimeout as wait } from 'node:timers/promises';
import { ApiError } from '../../../emulator/core/index.ts';
import type { FaultEffect, FaultMoment } from '../../../emulator/faults/index.ts';
import type { Reply } from '../define.ts';
import type { Call, House, Step } from './context.ts';

/** Strikes before anything is known of the caller: a broken network, an overloaded front. */
export const faultBefore: Step = (call, house) => strike('before', call, house);

/** Strikes after the operation had its effect: the answer is lost, the change is not. */
export const faultAfter: Step = (call, house) => strike('after', call, house);

function strike(when: 'before' | 'after', call: Call, house: House): void | Promise<void> {
  const effect = effectOf(when, call, house);
  return effect && apply(effect, call);
}

/** The effect that strikes this request at this moment, if any. */
export function effectOf(when: FaultMoment, call: Call, house: House): FaultEffect | undefined {
  return house.faults.strike(when, {
    method: call.method,
    path: call.path,
    operation: () => operationOf(call, house),
  });
}

/** Rules may name an operation before the route step has run. */
function operationOf(call: Call, house: House): string | undefined {
  if (call.operation !== null) return call.operation;
  const built = house.router.match(call.method, call.path);
  return built ? built.operation.id : house.catalogue.find(call.method, call.path)?.id;
}

/** Lets an effect happen. @throws ApiError, or `Answered` for a status below 400. */
export async function apply(effect: FaultEffect, call: Call): Promise<void> {
  if (effect.latency) await wait(effect.latency, undefined, { ref: false });
  if (effect.drop) {
    call.dropped = true;
    throw new ApiError(503, 'TEMPORARILY_UNAVAILABLE', 'A fault rule cut the connection.');
  }
  const { status = effect.body ? 200 : undefined, body } = effect;
  if (status === undefined) return;
  const headers = { ...effect.headers };
  if (status < 400) throw new Answered({ status, headers, body: body ?? {} });
  throw new ApiError(
    status,
    effect.errorCode ?? usualCode(status),
    effect.message ?? `A fault rule of the sandbox answered ${status}.`,
    body ? { headers, body } : { headers },
  );
}

/** A rule answered with a success: the steps that are left are skipped. */
export class Answered extends Error {
  override readonly name = 'Answered';
  readonly reply: Reply;

  constructor(reply: Reply) {
    super('A fault rule of the sandbox answered.');
    this.reply = reply;
  }
}

/** Codes SDKs map to their error classes (code: databricks-sdk-py errors/platform.py). */
function usualCode(status: number): string {
  const codes: Record<number, string> = {
    400: 'BAD_REQUEST',
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    409: 'RESOURCE_CONFLICT',
    429: 'REQUEST_LIMIT_EXCEEDED',
    500: 'INTERNAL_ERROR',
    501: 'NOT_IMPLEMENTED',
    503: 'TEMPORARILY_UNAVAILABLE',
    504: 'DEADLINE_EXCEEDED',
  };
  return codes[status] ?? 'UNKNOWN';
}
