import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Answer, page, writeAnswer, writeRawAnswer } from './answer.ts';
import type { UpstreamTarget } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { addPlatformHeaders, asHeaderText, inboundHeaders } from './headers.ts';
import { badGateway } from './steps/app-state.ts';
import type { Front } from './steps/step.ts';
import { hasBody, type Passage, type Upstream } from './upstream/upstream.ts';

/** A decided exchange on its way to the app. */
export interface Forwarding {
  exchange: Exchange;
  front: Front;
  upstream: Upstream;
  target: UpstreamTarget;
  accessToken: string | undefined;
}

/** Forwards a request under the limits of the settings. Timers run on wall time: they guard real sockets. */
export function forwardRequest(given: Forwarding, res: ServerResponse): void {
  const { exchange, front } = given;
  const { req } = exchange;
  const { settings } = front;
  let over = false;

  const end = (answer: Answer): void => {
    if (over) return;
    over = true;
    abort();
    if (res.headersSent) {
      exchange.decided({ ...answer, status: exchange.status });
      res.destroy();
    } else {
      exchange.decided(answer);
      writeAnswer(res, answer, exchange.id);
    }
  };
  // One timer for both limits: once the answer has begun it is set again for what is left of the whole.
  const began = performance.now();
  const { first_byte_timeout: firstByte, stream_timeout: whole } = settings;
  const due = (): void => {
    const passed = performance.now() - began;
    const waiting = exchange.status === 0;
    // Timers may fire up to a millisecond early.
    if (waiting && passed > firstByte - 1) end(tooSlow(exchange, front, 'first_byte_timeout'));
    else if (passed > whole - 1) end(tooSlow(exchange, front, 'stream_timeout'));
    else timer = setTimeout(due, (waiting ? Math.min(firstByte, whole) : whole) - passed);
  };
  let timer = setTimeout(due, Math.min(firstByte, whole));
  exchange.cut = end;
  if (settings.max_body !== 'none') limitBody(req, settings.max_body, () => end(tooLarge(exchange, front)));

  if (hasBody(req)) {
    // The app may answer before it has read everything: what is left is read off.
    res.on('finish', () => {
      if (req.complete) return;
      req.unpipe();
      req.resume();
    });
  }
  exchange.left = () => {
    const answered = over || res.writableFinished;
    over = true;
    clearTimeout(timer);
    if (!answered) abort();
    if (exchange.status === 0) exchange.decided(callerLeft);
  };
  let abort = () => {};
  abort = given.upstream.request(req, res, {
    ...passageOf(given),
    started(status) {
      exchange.decided({ status, outcome: 'proxied' });
    },
    failed: (error) => end(badGateway(exchange, front.options.backend.name, codeOf(error))),
  });
  if (over) abort();
}

/** Forwards a WebSocket. Its headers, the user token included, are those of the upgrade for as long as it lives (field). */
export function forwardUpgrade(given: Forwarding, socket: Socket, head: Buffer): void {
  const { exchange, front } = given;
  const { settings } = front;
  let over = false;

  const end = (answer: Answer): void => {
    if (over) return;
    over = true;
    const { status } = exchange;
    exchange.decided(status === 0 ? answer : { ...answer, status });
    if (status === 0) writeRawAnswer(socket, answer, exchange.id);
    else if (status === 101 && answer.outcome === 'unavailable') socket.write(closeFrame(answer));
    if (status !== 0) socket.destroySoon();
    abort();
  };
  const firstByte = setTimeout(
    () => end(tooSlow(exchange, front, 'first_byte_timeout')),
    settings.first_byte_timeout,
  );
  exchange.cut = end;
  socket.on('timeout', () => end(tooSlow(exchange, front, 'websocket_idle_timeout')));
  exchange.left = () => {
    clearTimeout(firstByte);
    over = true;
    if (exchange.status === 0) exchange.decided(callerLeft);
  };
  const passage = passageOf(given);
  let abort = () => {};
  abort = given.upstream.upgrade(exchange.req, socket, head, {
    ...passage,
    headers: [...passage.headers, 'Connection', 'Upgrade', 'Upgrade', 'websocket'],
    started(status) {
      clearTimeout(firstByte);
      exchange.decided({ status, outcome: 'proxied' });
      if (status === 101) socket.setTimeout(settings.websocket_idle_timeout);
    },
    failed: (error) => end(badGateway(exchange, front.options.backend.name, codeOf(error))),
  });
}

function passageOf({
  exchange,
  front,
  target,
  accessToken,
}: Forwarding): Omit<Passage, 'started' | 'failed'> {
  const { caller, req } = exchange;
  const headers = inboundHeaders(req, front.settings.forward_authorization === 'pass');
  if (!caller) throw new Error('An exchange without a caller must not be forwarded.');
  addPlatformHeaders(headers, {
    host: front.host,
    proto: 'http',
    clientIp: req.socket.remoteAddress ?? '127.0.0.1',
    requestId: exchange.id,
    workspaceId: front.options.identity.workspaceId,
    principal: caller.principal,
    accessToken,
  });
  // field: authenticated answers carry the caller's e-mail.
  return { target, path: exchange.url, headers, added: ['gap-auth', asHeaderText(caller.principal.name)] };
}

const callerLeft = {
  status: 499,
  outcome: 'error',
  explanation: {
    rule: 'The caller closed the connection before the app answered.',
    fix: 'Nothing to change if the caller meant to; otherwise look at its timeout.',
  },
} as const;

type TimeLimit = 'first_byte_timeout' | 'stream_timeout' | 'websocket_idle_timeout';

/** 504 (docs: 120 s to the first byte; field: 300 s in all, databricks/appkit PR 318). */
function tooSlow(exchange: Exchange, front: Front, limit: TimeLimit): Answer {
  const seconds = front.settings[limit] / 1000;
  return page(
    {
      status: 504,
      title: 'Gateway Timeout',
      text: 'The app did not answer in time.',
      explanation: {
        rule: `App ${front.options.backend.name} reached ${limit} (${seconds} s).`,
        fix: `Answer sooner, stream in shorter pieces and reconnect, or raise gateway.${limit} in brickbox.yaml; the platform will not.`,
      },
    },
    exchange.id,
    'timeout',
  );
}

function tooLarge(exchange: Exchange, front: Front): Answer {
  const answer = page(
    {
      status: 413,
      title: 'Content Too Large',
      text: 'The request body is too large.',
      explanation: {
        rule: `The body is larger than max_body (${front.settings.max_body} bytes).`,
        fix: 'Send less, or raise gateway.max_body in brickbox.yaml.',
      },
    },
    exchange.id,
    'denied',
  );
  return { ...answer, headers: [...answer.headers, ['Connection', 'close']] };
}

/** Counts without starting the flow: a paused stream with a listener waits for the upstream to take it up. */
function limitBody(req: IncomingMessage, limit: number, exceeded: () => void): void {
  if (Number(req.headers['content-length'] ?? 0) > limit) {
    setImmediate(exceeded);
    return;
  }
  let size = 0;
  req.pause();
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) exceeded();
  });
}

/** A WebSocket close frame, 1012 "service restart", with the reason (RFC 6455 §5.5.1; at most 125 bytes). */
function closeFrame(answer: Answer): Buffer {
  const reason = Buffer.from(answer.explanation?.rule ?? '').subarray(0, 120);
  return Buffer.concat([Buffer.from([0x88, reason.length + 2, 1012 >> 8, 1012 & 0xff]), reason]);
}

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.message;
