import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from '../define.ts';
import { type Step, written } from './context.ts';
import { apply, effectOf } from './fault.ts';

/** The operation itself, or the fault rule that stands in for it. Its signal aborts when the client goes away. */
export const handle: Step = async (call, house) => {
  const stub = effectOf('instead', call, house);
  if (stub) await apply(stub, call);
  const { services } = house;
  const { operation } = written(call.match, 'the operation');
  const result = await operation.handle({
    caller: written(call.caller, 'the caller'),
    input: call.input,
    requestId: call.requestId,
    origin: originOf(call.req),
    signal: signalOf(call.res),
    services,
    body: call.body,
    headers: call.req.headers,
  });
  call.reply = isReply(result) ? result : { body: result };
};

/** `Host` is one of the workspace's own by now: the server checks it first. */
function originOf({ socket, headers }: IncomingMessage): string {
  const secure = 'encrypted' in socket && socket.encrypted === true;
  return `${secure ? 'https' : 'http'}://${headers.host ?? ''}`;
}

function signalOf(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort();
  });
  return controller.signal;
}

function isReply(result: Reply | object): result is Reply {
  return 'body' in result && Object.keys(result).every((key) => replyKeys.has(key));
}

const replyKeys = new Set(['status', 'headers', 'body', 'note']);
