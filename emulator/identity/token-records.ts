import type { Store } from '../state/index.ts';
import { stringList } from './rows.ts';
import type { MintRequest } from './service.ts';

/** An issued OAuth token as it is remembered. Times are epoch milliseconds. */
export interface TokenRecord {
  id: string;
  how: MintRequest['how'];
  principal: string;
  incarnation: string;
  clientId: string;
  app: string | null;
  scopes: readonly string[];
  session: string | null;
  exchange: string | null;
  issuedAt: number;
  /** On the sandbox clock. */
  expiresAt: number;
  /** On the wall clock: counts for service principals' own tokens. */
  wallExpiresAt: number;
  revokedAt: number | null;
}

interface Row {
  id: string;
  how: MintRequest['how'];
  principal: string;
  incarnation: string;
  client_id: string;
  app: string | null;
  scopes: string;
  session: string | null;
  exchange: string | null;
  issued_at: number;
  expires_at: number;
  wall_expires_at: number;
  revoked_at: number | null;
}

const keptAfterEnd = 24 * 3600 * 1000;
const insertsBetweenSweeps = 1000;

/** Records of issued tokens, beside the world. */
export interface TokenRecords {
  add(record: Omit<TokenRecord, 'revokedAt'>): void;
  get(id: string): TokenRecord | undefined;
  revoke(id: string, at: number): boolean;
  /** Ids of the tokens of a session that are not revoked. */
  ofSession(session: string): string[];
  endSession(session: string, at: number): void;
  sessionEndedAt(session: string): number | null;
  /** Ends `m2m` tokens whose time on the sandbox clock is over. Returns how many. */
  expireAppTokens(now: number, wall: number): number;
}

export function createTokenRecords(store: Store): TokenRecords {
  let inserts = 0;
  return {
    add(record) {
      store.run(
        `INSERT INTO outside_tokens (id, how, principal, incarnation, client_id, app, scopes, session, exchange,
           issued_at, expires_at, wall_expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        record.id,
        record.how,
        record.principal,
        record.incarnation,
        record.clientId,
        record.app,
        JSON.stringify(record.scopes),
        record.session,
        record.exchange,
        record.issuedAt,
        record.expiresAt,
        record.wallExpiresAt,
      );
      inserts += 1;
      if (inserts % insertsBetweenSweeps === 0) {
        store.run(
          'DELETE FROM outside_tokens WHERE wall_expires_at < ?',
          record.wallExpiresAt - keptAfterEnd * 2,
        );
      }
    },
    get(id) {
      const row = store.get<Row>('SELECT * FROM outside_tokens WHERE id = ?', id);
      return row && toRecord(row);
    },
    revoke: (id, at) =>
      store.run('UPDATE outside_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL', at, id)
        .changes > 0,
    ofSession: (session) =>
      store
        .all<{ id: string }>(
          'SELECT id FROM outside_tokens WHERE session = ? AND revoked_at IS NULL',
          session,
        )
        .map(({ id }) => id),
    endSession(session, at) {
      store.run('INSERT OR IGNORE INTO outside_sessions (id, ended_at) VALUES (?, ?)', session, at);
    },
    sessionEndedAt: (session) =>
      store.get<{ ended_at: number }>('SELECT ended_at FROM outside_sessions WHERE id = ?', session)
        ?.ended_at ?? null,
    expireAppTokens: (now, wall) =>
      store.run(
        `UPDATE outside_tokens SET wall_expires_at = ?
         WHERE how = 'm2m' AND expires_at <= ? AND wall_expires_at > ? AND revoked_at IS NULL`,
        wall,
        now,
        wall,
      ).changes,
  };
}

function toRecord(row: Row): TokenRecord {
  return {
    id: row.id,
    how: row.how,
    principal: row.principal,
    incarnation: row.incarnation,
    clientId: row.client_id,
    app: row.app,
    scopes: stringList(row.scopes),
    session: row.session,
    exchange: row.exchange,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    wallExpiresAt: row.wall_expires_at,
    revokedAt: row.revoked_at,
  };
}
