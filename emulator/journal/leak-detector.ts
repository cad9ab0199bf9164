import type { CallEntry, ExchangeEntry, JournalEntry, StatementEntry, TokenEntry } from './entries.ts';
import type { Journal } from './journal.ts';

/** A request that an app is serving right now. */
export interface OpenExchange {
  id: string;
  /** User name or application id of who is served. */
  principal: string;
  /** Wall epoch milliseconds. */
  started: number;
  /** Id of the user token the app was given with it; null when it got none, or the caller is no user. */
  userTokenId: string | null;
}

/** What the detector asks the house. Ids only: it never sees a token. */
export interface LeakPorts {
  /** What a token was minted for; undefined for one that is not known. */
  tokenFacts(
    tokenId: string,
  ): { how: string; app: string | null; session: string | null; exchange: string | null } | undefined;
  openExchanges(app: string): readonly OpenExchange[];
  sessionState(app: string, session: string): 'open' | 'ended' | 'unknown';
  /** Wall epoch milliseconds. */
  wall(): number;
}

type Used = CallEntry | StatementEntry;
const mostRemembered = 5000;

/**
 * Follows the journal and writes a finding where a call used an identity that does not fit the request being
 * served. Calls are attributed by token id alone; where that does not decide, nothing is reported.
 * Returns the function that stops it.
 */
export function detectLeaks(journal: Journal, ports: LeakPorts): () => void {
  /** Token ids of requests that have ended, with the wall time of the end. */
  const served = new Map<string, number>();
  const reported = new Set<string>();

  const report = (about: string, entry: JournalEntry, finding: Finding): void => {
    // A polling client would fill the journal; a reset starts a new chapter.
    const key = `${entry.epoch} ${finding.finding} ${about}`;
    if (reported.has(key)) return;
    if (reported.size >= mostRemembered) reported.clear();
    reported.add(key);
    journal.append({ kind: 'finding', exchange: entry.exchange, ...finding });
  };

  const remember = (entry: ExchangeEntry): void => {
    if (!entry.tokenId) return;
    served.delete(entry.tokenId);
    served.set(entry.tokenId, ports.wall());
    if (served.size <= mostRemembered) return;
    for (const oldest of served.keys()) {
      served.delete(oldest);
      return;
    }
  };

  const checkUserToken = (entry: Used, app: string, tokenId: string): void => {
    const facts = ports.tokenFacts(tokenId);
    if (facts?.how !== 'obo') return;
    const began = ports.wall() - entry.duration;
    const open = ports.openExchanges(app);
    const inService =
      open.some((exchange) => exchange.userTokenId === tokenId) || (served.get(tokenId) ?? 0) >= began;
    if (inService) return;
    const who = entry.caller?.principal ?? 'somebody';
    const what = nameOf(entry);
    if (facts.exchange !== null) {
      report(tokenId, entry, usedAfterEnd(app, what, who, `the request ${facts.exchange}`));
      return;
    }
    if (facts.session !== null && ports.sessionState(app, facts.session) === 'ended') {
      report(tokenId, entry, usedAfterEnd(app, what, who, 'the session'));
      return;
    }
    const [only, another] = open;
    if (!only || another || only.started > began || only.principal === who) return;
    report(`${tokenId} ${only.principal}`, entry, anotherPersona(app, what, who, only));
  };

  const checkAppIdentity = (entry: CallEntry, app: string): void => {
    const began = ports.wall() - entry.duration;
    const open = ports.openExchanges(app);
    const [only] = open;
    if (!only || open.some((exchange) => exchange.userTokenId === null || exchange.started > began)) return;
    report(`${app} ${entry.operation ?? entry.path}`, entry, ranAsApp(app, nameOf(entry), open));
  };

  const checkRefusal = (entry: TokenEntry): void => {
    const facts = entry.event === 'refused' && entry.tokenId ? ports.tokenFacts(entry.tokenId) : undefined;
    if (!entry.tokenId || facts?.how !== 'obo' || facts.app === null) return;
    const who = entry.principal ?? 'somebody';
    const open = ports.openExchanges(facts.app);
    const serving = open.find((exchange) => exchange.userTokenId === entry.tokenId);
    if (facts.session !== null && !serving && ports.sessionState(facts.app, facts.session) === 'ended') {
      report(entry.tokenId, entry, usedAfterEnd(facts.app, 'A refused call', who, 'the session'));
      return;
    }
    report(entry.tokenId, entry, stale(facts.app, who, entry.message ?? 'it is not valid any more'));
  };

  return journal.follow((entry) => {
    if (entry.kind === 'exchange') remember(entry);
    else if (entry.kind === 'token') checkRefusal(entry);
    else if (entry.kind === 'call' || entry.kind === 'statement') {
      const { caller } = entry;
      if (!caller?.app || caller.tokenId === null) return;
      if (caller.kind === 'user') checkUserToken(entry, caller.app, caller.tokenId);
      else if (entry.kind === 'call' && caller.how === 'm2m') checkAppIdentity(entry, caller.app);
    }
  });
}

interface Finding {
  severity: 'info' | 'warning' | 'leak';
  finding: string;
  app: string;
  message: string;
  fix: string;
}

const nameOf = (entry: Used): string =>
  entry.kind === 'call' ? `${entry.method} ${entry.path}` : `The statement ${entry.statementId}`;

function usedAfterEnd(app: string, what: string, who: string, ended: string): Finding {
  return {
    severity: 'leak',
    finding: 'token_used_after_session_end',
    app,
    message: `${what} used the token of ${who} after ${ended} it was given for had ended. Somebody kept the token or a client built from it.`,
    fix: 'Build the client from X-Forwarded-Access-Token inside each request and let it go with the request; keep nothing of it in module state, caches or background jobs.',
  };
}

function anotherPersona(app: string, what: string, who: string, serving: OpenExchange): Finding {
  return {
    severity: 'leak',
    finding: 'token_of_another_persona',
    app,
    message: `${what} ran as ${who} while the only request the app was serving was one of ${serving.principal} (${serving.id}).`,
    fix: 'A client or result of one person is reused for another: do not cache it at module level, or key the cache by person.',
  };
}

/** reference: databricks-sdk-py credentials_provider.py, `oauth-m2m` looks at client id and secret only. */
function ranAsApp(app: string, what: string, open: readonly OpenExchange[]): Finding {
  const certain = open.length === 1;
  const requests = certain
    ? `the request of ${open[0]?.principal} (${open[0]?.id})`
    : `one of ${open.length} open requests`;
  return {
    severity: certain ? 'warning' : 'info',
    finding: 'ran_as_app_identity',
    app,
    message: `${what} ran as the app's service principal although a user token was at hand: ${requests} carried one.`,
    fix: 'If it should run as the user, build the client with that token and auth_type "pat"; "oauth-m2m" (also as DATABRICKS_AUTH_TYPE) ignores the token. If the app means to act as itself here, nothing is wrong.',
  };
}

function stale(app: string, who: string, why: string): Finding {
  return {
    severity: 'warning',
    finding: 'stale_user_token',
    app,
    message: `The app sent a token of ${who} that was refused: ${why}.`,
    fix: 'Read X-Forwarded-Access-Token on every request. A WebSocket keeps the token it began with: let the page open a new one from time to time.',
  };
}
