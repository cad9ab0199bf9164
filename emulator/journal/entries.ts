import type { Explanation } from '../core/index.ts';
import type { ClientInfo } from './user-agent.ts';

/** Fields every entry has. Times are virtual epoch milliseconds; `epoch` is the world the object ids belong to. */
interface Base {
  /** Grows by one for each entry of the sandbox, from 1. */
  seq: number;
  at: number;
  epoch: number;
  /** The gateway exchange this belongs to, when known by token id; never guessed. */
  exchange: string | null;
}

/** Who made a call, as far as the journal needs to know. Token ids, never tokens. */
export interface JournalCaller {
  /** User name, or application id of a service principal. */
  principal: string;
  kind: 'user' | 'service_principal';
  how: string;
  app: string | null;
  tokenId: string | null;
}

/** One inbound request (or WebSocket) through a gateway. Appended when it ends. */
export interface ExchangeEntry extends Base {
  kind: 'exchange';
  app: string;
  persona: string | null;
  session: string | null;
  /** Id of the user token the app was given with it, if any. */
  tokenId?: string | null;
  method: string;
  path: string;
  status: number;
  /** Milliseconds of wall time. */
  duration: number;
  /** What the gateway decided: `proxied`, `sign_in`, `unauthenticated`, `denied`, `unavailable`, `timeout`, `reserved`, `error`. */
  outcome: string;
  explanation?: Explanation;
}

/** One request to the workspace. */
export interface CallEntry extends Base {
  kind: 'call';
  caller: JournalCaller | null;
  /** Gateway session the caller's token was minted for, when it was. */
  session?: string | null;
  operation: string | null;
  method: string;
  path: string;
  status: number;
  duration: number;
  errorCode?: string | number;
  /** The platform's message, for denied or failed calls. */
  message?: string;
  explanation?: Explanation;
  /** Scopes the operation asked for, and the one of the token that satisfied them. */
  scopes?: { required: readonly string[]; satisfiedBy: string | null };
  userAgent?: string;
  /** What the User-Agent says; the journal reads it. */
  client?: ClientInfo;
}

/** One answer of the authorizer. */
export interface DecisionEntry extends Base {
  kind: 'decision';
  caller: JournalCaller;
  action: string;
  securable: string;
  allow: boolean;
  reason: string;
  explanation?: Explanation;
}

/** One SQL statement. The text is the user's own; values of rows are never kept. */
export interface StatementEntry extends Base {
  kind: 'statement';
  caller: JournalCaller;
  statementId: string;
  text: string;
  state: 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'CLOSED';
  rows: number | null;
  duration: number;
  errorClass?: string;
  sqlState?: string;
  message?: string;
  /** Relations read, with the row filter and masks that were applied for this caller. */
  relations: { name: string; rowFilter: string | null; masks: readonly string[] }[];
  explanation?: Explanation;
}

/** One outbound attempt of an app. */
export interface EgressEntry extends Base {
  kind: 'egress';
  app: string | null;
  host: string;
  port: number | null;
  protocol: string;
  process: string | null;
  verdict: 'allowed' | 'denied' | 'dry_run_denied';
  /** What happened to an allowed one: a stub answered, it passed through, or nobody was there to answer. */
  answered?: 'stub' | 'pass_through' | 'refused' | 'platform';
  rule: string;
  explanation?: Explanation;
}

/** Life of an app process, and what it printed is not here: logs live beside the journal. */
export interface AppEntry extends Base {
  kind: 'app';
  app: string;
  event: string;
  message: string;
}

/** A token was minted, refused or revoked. */
export interface TokenEntry extends Base {
  kind: 'token';
  event: 'minted' | 'refused' | 'revoked' | 'consented';
  grant: string;
  principal: string | null;
  client: string | null;
  app: string | null;
  scopes: readonly string[];
  tokenId: string | null;
  message?: string;
}

/** Severity of a finding, least first. `fail_on` in brickbox.yaml names one of these. */
export const severities = ['info', 'warning', 'leak'] as const;
export type Severity = (typeof severities)[number];

/** Something the developer should look at. */
export interface FindingEntry extends Base {
  kind: 'finding';
  severity: Severity;
  /** Stable name, for example `token_used_after_session_end`. */
  finding: string;
  app: string | null;
  message: string;
  fix: string;
}

export type JournalEntry =
  | ExchangeEntry
  | CallEntry
  | DecisionEntry
  | StatementEntry
  | EgressEntry
  | AppEntry
  | TokenEntry
  | FindingEntry;

export type EntryKind = JournalEntry['kind'];

type WithoutStamp<T> = T extends JournalEntry
  ? Omit<T, 'seq' | 'at' | 'epoch' | 'exchange'> & { exchange?: string | null }
  : never;

/** What a writer gives: the journal adds sequence, time and epoch. */
export type NewEntry = WithoutStamp<JournalEntry>;
