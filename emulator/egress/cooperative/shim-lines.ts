import type { Socket } from 'node:net';
import { z } from 'zod';
import type { Addresses } from '../addresses.ts';
import type { Carrier } from '../answer/carrier.ts';
import type { Ledger } from '../ledger.ts';
import { type Decide, isLoopback } from '../policy/index.ts';
import type { Clients } from './clients.ts';

/**
 * What the Node and Python shims send: one line `BRICKBOX/1 {json}` at the start of a connection.
 *
 *   name      may this name be resolved? Answered with one JSON line.
 *   flow      the rest of the connection goes to host:port. No answer; a refused one is reset.
 *   note      something was refused or seen by the shim itself: udp, a loopback port. No answer.
 */
export const shimPrefix = 'BRICKBOX/1 ';

const message = z.object({
  k: z.enum(['name', 'flow', 'note']),
  token: z.string(),
  host: z.string().min(1).max(255),
  port: z.number().int().min(0).max(65535).nullable().default(null),
  protocol: z.string().max(20).default('tcp'),
  process: z.string().max(200).nullable().default(null),
});

export interface ShimParts {
  carrier: Carrier;
  decideFor(app: string | null): Decide;
  addresses: Addresses;
  ledger: Ledger;
  clients: Clients;
  dnsFailure: string;
}

/** Handles one line of a shim. `rest` are the bytes that came after it. */
export function handleShimLine(parts: ShimParts, line: string, rest: Buffer, socket: Socket): void {
  const parsed = parse(line);
  const app = parsed && parts.clients.appOf(parsed.token);
  if (!parsed || app === undefined) {
    socket.destroy();
    return;
  }
  const { k, host, port, protocol, process } = parsed;
  const attempt = { app, host, port, protocol, process };
  if (k === 'name') {
    const { verdict } = parts.carrier.judgeName({ ...attempt, protocol: 'dns' });
    const answer =
      verdict === 'denied' ? { verdict, rcode: parts.dnsFailure } : { verdict, ip: parts.addresses.of(host) };
    socket.end(`${JSON.stringify(answer)}\n`);
    return;
  }
  if (k === 'note') {
    note(parts, attempt);
    socket.end();
    return;
  }
  const judged = parts.carrier.judge(attempt);
  if (rest.length > 0) socket.unshift(rest);
  if (!parts.carrier.carry(judged, socket)) socket.resetAndDestroy();
}

function note(parts: ShimParts, attempt: Parameters<Carrier['judge']>[0]): void {
  if (!isLoopback(attempt.host)) {
    const rule = 'UDP does not leave the sandbox';
    const fix = 'Use TCP; what a deployed app may send over UDP is not documented.';
    parts.ledger.record(attempt, { verdict: 'denied', platform: false, rule, explanation: { rule, fix } });
    return;
  }
  const decision = parts.decideFor(attempt.app)(attempt.host, attempt.port);
  if (decision.platform) return;
  const rule =
    'another port of this machine: seen, not stopped, in cooperative mode; strict mode has no way to it';
  parts.ledger.record(attempt, { verdict: 'allowed', platform: false, rule });
}

function parse(line: string) {
  try {
    return message.safeParse(JSON.parse(line.slice(shimPrefix.length))).data;
  } catch {
    return undefined;
  }
}
