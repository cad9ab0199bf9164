import type { IncomingMessage } from 'node:http';
import type { Explanation } from '../core/index.ts';
import type { Caller } from '../identity/index.ts';
import type { Answer, Outcome } from './answer.ts';
import type { Session } from './sessions.ts';

/** Why a bearer was not taken: told to the journal, never with the token. */
export interface RefusedBearer {
  reason: string;
  fix: string;
  /** True for a Databricks-looking JWT, false for anything else (a personal access token above all). */
  jwt: boolean;
}

/** One inbound request or WebSocket on its way through the decision table. */
export class Exchange {
  /** Also the `X-Request-Id` the app sees. */
  readonly id: string;
  readonly req: IncomingMessage;
  /** Path and query in origin form. */
  readonly url: string;
  /** Path without query: the query may hold codes and tokens, so only this reaches the journal. */
  readonly path: string;
  readonly upgrade: boolean;
  /** Wall epoch milliseconds. */
  readonly started: number;

  session: Session | undefined;
  caller: Caller | undefined;
  refusedBearer: RefusedBearer | undefined;

  /** Id of the user token forwarded with it; undefined until it is forwarded, null without one. */
  tokenId: string | null | undefined;

  status = 0;
  outcome: Outcome = 'error';
  explanation: Explanation | undefined;
  /** Ends it with this answer, whatever it is doing; set while it is open. */
  cut: ((answer: Answer) => void) | undefined;
  /** The caller's connection is done with it, answered or not. Set while it is forwarded. */
  left: (() => void) | undefined;
  /** Called once it is in the journal. */
  over: (() => void) | undefined;
  /** Set when it was cut before it began to be forwarded. */
  pendingCut: Answer | undefined;

  constructor(given: { id: string; req: IncomingMessage; upgrade: boolean; started: number }) {
    this.id = given.id;
    this.req = given.req;
    this.upgrade = given.upgrade;
    this.started = given.started;
    this.url = originForm(given.req.url ?? '/');
    const query = this.url.indexOf('?');
    this.path = query < 0 ? this.url : this.url.slice(0, query);
  }

  /** Query parameters of the request. */
  get query(): URLSearchParams {
    return new URLSearchParams(this.url.slice(this.path.length + 1));
  }

  get isApi(): boolean {
    return this.path.startsWith('/api/');
  }

  decided(answer: Pick<Answer, 'status' | 'outcome' | 'explanation'>): void {
    this.status = answer.status;
    this.outcome = answer.outcome;
    this.explanation = answer.explanation;
  }
}

/** `http://host/path` of a client that takes us for a forward proxy becomes `/path`. Its host is checked by the first step. */
function originForm(url: string): string {
  if (url.startsWith('/') || url === '*') return url;
  const path = /^[a-z]+:\/\/[^/?#]*(.*)$/i.exec(url)?.[1] ?? '/';
  return path.startsWith('/') ? path : `/${path}`;
}
