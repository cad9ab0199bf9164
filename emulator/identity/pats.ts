import { type Clock, hashSecret, type Secrets } from '../core/index.ts';
import type { Store } from '../state/index.ts';
import type { InnerDirectory } from './directory.ts';
import { stringList } from './rows.ts';
import { allApis } from './scopes.ts';
import type { PatFacts, TokenService } from './service.ts';
import type { Principal } from './types.ts';

/** A personal access token as it is remembered: never the token, only its hash. */
export interface PatRecord {
  id: string;
  principal: string;
  incarnation: string;
  comment: string;
  scopes: readonly string[];
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
  createdBy: string;
}

interface Row {
  id: string;
  principal: string;
  incarnation: string;
  comment: string;
  scopes: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  /** Null: the principal. */
  created_by: string | null;
}

export interface Pats {
  create: TokenService['createPat'];
  list(principal?: Principal): PatFacts[];
  find(token: string): PatRecord | undefined;
  get(id: string): PatRecord | undefined;
  revoke(id: string, at: number): boolean;
}

/** Personal access tokens: `dapi` and 32 hexadecimal digits. They live beside the world, like all issued tokens. */
export function createPats(parts: {
  outside: Store;
  clock: Clock;
  secrets: Secrets;
  directory: InnerDirectory;
}): Pats {
  const { outside, clock, secrets, directory } = parts;
  const one = (sql: string, value: string) => {
    const row = outside.get<Row>(sql, value);
    return row && toRecord(row);
  };
  return {
    create({ principal, createdBy = principal, comment = '', lifetime, scopes = [allApis] }) {
      const token = `dapi${secrets.hex(16)}`;
      const id = secrets.hex(32);
      const now = clock.now();
      const expiresAt = lifetime === undefined ? null : now + lifetime * 1000;
      outside.run(
        `INSERT INTO outside_pats (id, hash, principal, incarnation, comment, scopes, created_at, expires_at, created_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        hashSecret(token),
        principal.name,
        directory.entry(principal.name)?.incarnation ?? '',
        comment,
        JSON.stringify(scopes),
        now,
        expiresAt,
        createdBy.name,
      );
      return { token, tokenId: id, expiresAt };
    },
    list: (principal) =>
      outside
        .all<Row>('SELECT * FROM outside_pats WHERE revoked_at IS NULL ORDER BY rowid')
        .map(toRecord)
        .filter((pat) => pat.expiresAt === null || pat.expiresAt > clock.now())
        .filter((pat) => directory.entry(pat.principal)?.incarnation === pat.incarnation)
        .filter((pat) => !principal || pat.principal === principal.name)
        .map(({ id, comment, scopes, createdAt, expiresAt, principal: owner, createdBy }) => ({
          tokenId: id,
          comment,
          scopes,
          createdAt,
          expiresAt,
          owner,
          createdBy,
        })),
    find: (token) => one('SELECT * FROM outside_pats WHERE hash = ?', hashSecret(token)),
    get: (id) => one('SELECT * FROM outside_pats WHERE id = ?', id),
    revoke: (id, at) =>
      outside.run('UPDATE outside_pats SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL', at, id)
        .changes > 0,
  };
}

function toRecord(row: Row): PatRecord {
  return {
    id: row.id,
    principal: row.principal,
    incarnation: row.incarnation,
    comment: row.comment,
    scopes: stringList(row.scopes),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    createdBy: row.created_by ?? row.principal,
  };
}
