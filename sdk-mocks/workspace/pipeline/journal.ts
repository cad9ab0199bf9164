import type { Caller } from '../../../emulator/identity/index.ts';
import type { JournalCaller } from '../../../emulator/journal/index.ts';
import type { Call, House } from './context.ts';

/** One entry for each request, whatever became of it. The query is left out: it may carry values. */
export function record(call: Call, house: House): void {
  const note = call.reply?.note;
  const code = call.failure?.code ?? note?.errorCode;
  const message = call.failure?.message ?? note?.message;
  const explanation = call.failure?.explanation ?? note?.explanation;
  const userAgent = call.req.headers['user-agent'];
  house.services.journal.append({
    kind: 'call',
    exchange: call.caller?.exchange ?? null,
    session: call.caller?.session ?? null,
    caller: call.caller && journalCaller(call.caller),
    operation: call.operation,
    method: call.method,
    path: call.path,
    status: call.dropped ? 0 : (call.reply?.status ?? 200),
    duration: performance.now() - call.started,
    ...(code === undefined ? {} : { errorCode: code }),
    ...(message === undefined ? {} : { message }),
    ...(explanation === undefined ? {} : { explanation }),
    ...(call.scopes === null ? {} : { scopes: call.scopes }),
    ...(userAgent === undefined ? {} : { userAgent }),
  });
}

function journalCaller({ principal, how, app, tokenId }: Caller): JournalCaller {
  return { principal: principal.name, kind: principal.kind, how, app, tokenId };
}
