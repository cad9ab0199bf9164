import { connect, type Socket } from 'node:net';
import type { Addresses } from '../addresses.ts';
import type { Answered, Attempt, Ledger } from '../ledger.ts';
import type { Decide, EgressDecision } from '../policy/index.ts';
import { isLoopback, normalizeHost } from '../policy/index.ts';
import type { AnswerFor } from './answers.ts';
import type { StubServer } from './stub-server.ts';

/** What was decided for an attempt, and who will answer it. Recorded when made. */
export interface Judgement {
  attempt: Attempt;
  decision: EgressDecision;
  /** How an attempt that may pass is answered. */
  route: { by: Answered; folder?: string; fix?: string } | undefined;
}

/** Judges attempts and carries those that may pass to whoever answers them. Both modes use it. */
export interface Carrier {
  /**
   * Judges and records one attempt. A synthetic address is turned back into its name first. `note` is added to
   * the rule of one that is refused.
   */
  judge(attempt: Attempt, note?: string): Judgement;
  /** Judges and records an attempt by a way that nothing is carried by, such as UDP. */
  judgeUncarried(attempt: Attempt): void;
  /** Judges a name without recording it when it may pass: the connection that follows is the attempt. */
  judgeName(attempt: Attempt): EgressDecision;
  /** Joins a client's byte stream with whoever answers. @returns false when nobody does. */
  carry(judgement: Judgement, client: Socket): boolean;
  dial(host: string, port: number): Socket;
  /** A connection to an address of the sandbox itself; undefined when it is none, or nobody answers there. */
  platform(host: string, port: number): Socket | undefined;
}

export interface CarrierParts {
  /** Decisions for an app; its policy may be older than another's. */
  decideFor(app: string | null): Decide;
  answerFor: AnswerFor;
  addresses: Addresses;
  ledger: Ledger;
  stubs: StubServer;
  dial: ((host: string, port: number) => Socket) | undefined;
  /** Loopback port that answers for a named address of the sandbox. */
  platformPort(host: string, port: number): number | undefined;
}

export function createCarrier(parts: CarrierParts): Carrier {
  const { decideFor, addresses, ledger } = parts;
  const dialOut = parts.dial ?? ((host, port) => connect({ host, port }));
  const dial = (host: string, port: number) =>
    isLoopback(host) ? connect({ host: '127.0.0.1', port }) : dialOut(host, port);

  const routeOf = (host: string, decision: EgressDecision): Judgement['route'] => {
    if (decision.verdict === 'denied') return undefined;
    if (decision.platform) return { by: 'platform' };
    const answer = parts.answerFor(host);
    if (answer.by === 'stub') return { by: 'stub', folder: answer.folder };
    return answer.by === 'pass_through' ? { by: 'pass_through' } : { by: 'refused', fix: answer.fix };
  };

  const named = (given: Attempt): Attempt => {
    const known = normalizeHost(given.host);
    return { ...given, host: addresses.nameOf(known) ?? known };
  };

  /** A name of the sandbox is answered on loopback: it is never looked up outside. */
  const platform: Carrier['platform'] = (given, port) => {
    const known = normalizeHost(given);
    const host = addresses.nameOf(known) ?? known;
    if (!decideFor(null)(host, port).platform) return undefined;
    const answering = isLoopback(host) ? port : parts.platformPort(host, port);
    return answering === undefined ? undefined : connect({ host: '127.0.0.1', port: answering });
  };

  return {
    dial,
    platform,
    judgeUncarried(given) {
      const attempt = named(given);
      ledger.record(attempt, decideFor(attempt.app)(attempt.host, attempt.port), 'refused', uncarriedFix);
    },
    judge(given, note) {
      const attempt = named(given);
      const decided = decideFor(attempt.app)(attempt.host, attempt.port);
      const decision =
        note === undefined || decided.verdict === 'allowed'
          ? decided
          : { ...decided, rule: `${decided.rule}; ${note}` };
      const route = routeOf(attempt.host, decision);
      ledger.record(attempt, decision, route?.by, route?.fix);
      return { attempt, decision, route };
    },
    judgeName(given) {
      const attempt = { ...given, host: normalizeHost(given.host) };
      const decision = decideFor(attempt.app)(attempt.host, attempt.port);
      if (decision.verdict === 'denied') ledger.record(attempt, decision);
      return decision;
    },
    carry({ attempt, route }, client) {
      if (!route || route.by === 'refused' || attempt.port === null) return false;
      if (route.by === 'stub') {
        if (route.folder === undefined) return false;
        parts.stubs.accept(client, { app: attempt.app, host: attempt.host, folder: route.folder });
        return true;
      }
      const upstream =
        route.by === 'platform' ? platform(attempt.host, attempt.port) : dial(attempt.host, attempt.port);
      if (upstream) join(client, upstream);
      return upstream !== undefined;
    },
  };
}

const uncarriedFix = 'UDP is not carried out of a sandbox: use TCP for this destination in tests.';

/** Pipes two sockets into each other; when one breaks, the other is reset. */
export function join(a: Socket, b: Socket): void {
  a.setNoDelay(true);
  b.setNoDelay(true);
  a.on('error', () => b.destroy());
  b.on('error', () => (a.destroyed ? undefined : a.resetAndDestroy()));
  a.once('close', () => b.destroy());
  b.once('close', () => a.destroySoon());
  a.pipe(b).pipe(a);
}
