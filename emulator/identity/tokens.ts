import { hash as digest } from 'node:crypto';
import { ApiError, type Clock, type Secrets } from '../core/index.ts';
import type { Journal } from '../journal/index.ts';
import type { Store } from '../state/index.ts';
import type { InnerDirectory } from './directory.ts';
import { invalidToken, missingCredential } from './errors.ts';
import { readAccessToken, signAccessToken } from './jwt.ts';
import { createPats, type PatRecord } from './pats.ts';
import type { MintedToken, MintRequest, TokenService } from './service.ts';
import type { SigningKey } from './signing-key.ts';
import type { SpSecrets } from './sp-secrets.ts';
import { createTokenRecords, type TokenRecord } from './token-records.ts';
import type { Caller } from './types.ts';

const defaultLifetime = 3600;
/** A remembered token is given again until this part of its life is left (at most five minutes). */
const renewBefore = { share: 0.25, most: 300 };
const mostRemembered = 10_000;

interface Verified {
  caller: Caller;
  incarnation: string;
  directoryVersion: number;
  /** Null: never. */
  over: () => boolean;
}

export interface TokenParts {
  outside: Store;
  clock: Clock;
  secrets: Secrets;
  journal: Journal;
  directory: InnerDirectory;
  spSecrets: SpSecrets;
  key: () => SigningKey;
  workspaceId: string;
  /** Whether a token's `iss` is one of our origins. */
  isIssuer: (issuer: string) => boolean;
}

/** Mints and verifies. Verified tokens are remembered by hash, so a second look costs microseconds. */
export function createTokenService(parts: TokenParts): TokenService {
  const { clock, secrets, directory, journal, spSecrets } = parts;
  const records = createTokenRecords(parts.outside);
  const pats = createPats(parts);
  const minted = new Map<string, { token: Promise<MintedToken>; renewAt: number }>();
  const verified = new Map<string, Verified>();
  const forget = () => {
    minted.clear();
    verified.clear();
  };

  const sign = async (request: MintRequest, incarnation: string): Promise<MintedToken> => {
    const lifetime = (request.lifetime ?? defaultLifetime) * 1000;
    const issuedAt = clock.now();
    const record = {
      id: secrets.uuid(),
      how: request.how,
      principal: request.principal.name,
      incarnation,
      clientId: request.clientId,
      app: request.app ?? (request.principal.kind === 'service_principal' ? request.principal.app : null),
      scopes: request.scopes,
      session: request.session ?? null,
      exchange: request.exchange ?? null,
      issuedAt,
      expiresAt: issuedAt + lifetime,
      wallExpiresAt: clock.wall() + lifetime,
    };
    const token = await signAccessToken(parts.key(), {
      iss: `${request.origin}/oidc`,
      aud: parts.workspaceId,
      sub: record.principal,
      client_id: record.clientId,
      scope: record.scopes.join(' '),
      iat: Math.floor(issuedAt / 1000),
      exp: Math.floor(record.expiresAt / 1000),
      jti: record.id,
      ...(request.authorizationDetails === undefined
        ? {}
        : { authorization_details: request.authorizationDetails }),
    });
    records.add(record);
    journal.append({
      kind: 'token',
      event: 'minted',
      grant: request.grant ?? request.how,
      principal: record.principal,
      client: record.clientId,
      app: record.app,
      scopes: record.scopes,
      tokenId: record.id,
      exchange: record.exchange,
    });
    return { token, tokenId: record.id, expiresAt: record.expiresAt, scopes: record.scopes };
  };

  const refuse = (requestId: string, tokenId: string | null, rule: string, fix: string): never => {
    const record = tokenId === null ? undefined : records.get(tokenId);
    journal.append({
      kind: 'token',
      event: 'refused',
      grant: 'verify',
      principal: record?.principal ?? null,
      client: record?.clientId ?? null,
      app: record?.app ?? null,
      scopes: record?.scopes ?? [],
      tokenId,
      message: rule,
      exchange: record?.exchange ?? null,
    });
    throw invalidToken(requestId, rule, fix);
  };

  /** Times of a token: service principals' own ones follow the wall clock (docs/decisions: token clocks). */
  const isOver = (record: TokenRecord) =>
    record.how === 'm2m' ? record.wallExpiresAt <= clock.wall() : record.expiresAt <= clock.now();

  const living = (name: string, incarnation: string, tokenId: string, requestId: string) => {
    const entry = directory.entry(name);
    if (!entry || entry.incarnation !== incarnation) {
      return refuse(requestId, tokenId, `${name} does not exist any more`, 'Sign in as somebody who exists.');
    }
    if (!entry.principal.active) {
      return refuse(
        requestId,
        tokenId,
        `${name} is deactivated`,
        'Activate the principal and sign in again.',
      );
    }
    return entry.principal;
  };

  const readJwt = (token: string, requestId: string): Verified => {
    const renew = 'Get a new token from this sandbox.';
    const read = readAccessToken(parts.key(), token);
    if ('problem' in read) return refuse(requestId, null, `the token is refused: ${read.problem}`, renew);
    const { claims } = read;
    if (!parts.isIssuer(claims.iss) || claims.aud !== parts.workspaceId) {
      return refuse(requestId, null, 'the token was issued by or for another workspace', renew);
    }
    const record = records.get(claims.jti);
    if (!record) return refuse(requestId, null, 'this sandbox did not issue the token', renew);
    if (record.revokedAt !== null) return refuse(requestId, record.id, 'the token was revoked', renew);
    return {
      directoryVersion: directory.version,
      incarnation: record.incarnation,
      over: () => isOver(record),
      caller: {
        principal: living(record.principal, record.incarnation, record.id, requestId),
        how: record.how,
        app: record.app,
        clientId: record.clientId,
        scopes: record.scopes,
        tokenId: record.id,
        exchange: record.exchange,
        session: record.session,
      },
    };
  };

  const readPat = (token: string, requestId: string): Verified => {
    const renew = 'Create a new personal access token.';
    const pat = pats.find(token);
    if (!pat) return refuse(requestId, null, 'the personal access token is unknown', renew);
    if (pat.revokedAt !== null) {
      return refuse(requestId, pat.id, 'the personal access token was revoked', renew);
    }
    return {
      directoryVersion: directory.version,
      incarnation: pat.incarnation,
      over: () => pat.expiresAt !== null && pat.expiresAt <= clock.now(),
      caller: patCaller(pat, living(pat.principal, pat.incarnation, pat.id, requestId)),
    };
  };

  const remember = (key: string, entry: Verified) => {
    if (verified.size >= mostRemembered) {
      const oldest = verified.keys().next();
      if (!oldest.done) verified.delete(oldest.value);
    }
    verified.set(key, entry);
  };

  const revokeOne = (tokenId: string): boolean => {
    const now = clock.now();
    const known = records.get(tokenId) ?? pats.get(tokenId);
    if (!(records.revoke(tokenId, now) || pats.revoke(tokenId, now))) return false;
    journal.append({
      kind: 'token',
      event: 'revoked',
      grant: 'revoke',
      principal: known?.principal ?? null,
      client: known && 'clientId' in known ? known.clientId : null,
      app: known && 'app' in known ? known.app : null,
      scopes: known?.scopes ?? [],
      tokenId,
    });
    return true;
  };

  return {
    async mint(request) {
      const entry = directory.entry(request.principal.name);
      if (!entry?.principal.active) {
        throw new ApiError(
          403,
          'PERMISSION_DENIED',
          `${request.principal.name} is not active in this workspace.`,
        );
      }
      if (request.fresh) return sign(request, entry.incarnation);
      const lifetime = request.lifetime ?? defaultLifetime;
      const key = mintKey(request, entry.incarnation);
      const known = minted.get(key);
      if (known && clock.now() < known.renewAt) return known.token;
      if (minted.size >= mostRemembered) minted.clear();
      const spare = Math.min(lifetime * renewBefore.share, renewBefore.most);
      const token = sign(request, entry.incarnation);
      minted.set(key, { token, renewAt: clock.now() + (lifetime - spare) * 1000 });
      token.catch(() => minted.delete(key));
      return token;
    },
    async verify(token, request = {}) {
      const requestId = request.requestId ?? secrets.uuid();
      if (!token) throw missingCredential(requestId);
      const key = digest('sha256', token, 'base64');
      let entry = verified.get(key);
      if (!entry) {
        entry = token.startsWith('dapi') ? readPat(token, requestId) : readJwt(token, requestId);
        remember(key, entry);
      }
      const { caller } = entry;
      if (entry.over()) {
        return refuse(
          requestId,
          caller.tokenId,
          'the token has expired',
          'Get a new token from this sandbox.',
        );
      }
      if (entry.directoryVersion !== directory.version) {
        const principal = living(caller.principal.name, entry.incarnation, caller.tokenId, requestId);
        entry.caller = { ...caller, principal };
        entry.directoryVersion = directory.version;
      }
      return entry.caller;
    },
    createPat(request) {
      const made = pats.create(request);
      journal.append({
        kind: 'token',
        event: 'minted',
        grant: 'pat',
        principal: request.principal.name,
        client: null,
        app: null,
        scopes: request.scopes ?? [],
        tokenId: made.tokenId,
      });
      return made;
    },
    pats: (principal) => pats.list(principal),
    revoke(tokenId) {
      if (revokeOne(tokenId)) forget();
    },
    revokeSession(session) {
      const count = records.ofSession(session).filter(revokeOne).length;
      records.endSession(session, clock.now());
      forget();
      return count;
    },
    endSession: (session) => records.endSession(session, clock.now()),
    facts(tokenId) {
      const record = records.get(tokenId);
      if (record) {
        return {
          ...record,
          tokenId,
          sessionEndedAt: record.session === null ? null : records.sessionEndedAt(record.session),
        };
      }
      const pat = pats.get(tokenId);
      return (
        pat && { ...pat, tokenId, how: 'pat', app: null, session: null, exchange: null, sessionEndedAt: null }
      );
    },
    expireCachedAppTokens() {
      const count = records.expireAppTokens(clock.now(), clock.wall());
      forget();
      return count;
    },
    createSecret: spSecrets.create,
    secrets: spSecrets.list,
    deleteSecret(applicationId, id) {
      if (!spSecrets.delete(applicationId, id)) return;
      journal.append({
        kind: 'token',
        event: 'revoked',
        grant: 'secret',
        principal: applicationId,
        client: applicationId,
        app: null,
        scopes: [],
        tokenId: null,
        message: `secret ${id} was deleted`,
      });
    },
  };
}

function patCaller(pat: PatRecord, principal: Caller['principal']): Caller {
  return {
    principal,
    how: 'pat',
    app: null,
    clientId: null,
    scopes: pat.scopes,
    tokenId: pat.id,
    exchange: null,
    session: null,
  };
}

function mintKey(request: MintRequest, incarnation: string): string {
  return JSON.stringify([
    incarnation,
    request.how,
    request.clientId,
    request.scopes,
    request.origin,
    request.app ?? null,
    request.session ?? null,
    request.exchange ?? null,
    request.lifetime ?? defaultLifetime,
    request.authorizationDetails ?? null,
  ]);
}
