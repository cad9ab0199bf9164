import type { Adapter, AdapterPayload } from 'oidc-provider';
import { type Clock, hashSecret } from '../../core/index.ts';
import type { Store } from '../../state/index.ts';
import type { Clients, OAuthClient } from '../clients.ts';
import { coveredBy } from '../integrations.ts';
import { knownScopes } from '../scopes.ts';

/** Models whose id is what the browser or program holds: it is stored hashed and never inside the payload. */
const bearerModels = new Set(['AuthorizationCode', 'RefreshToken', 'Session']);
/** Its access tokens never leave the house: ours are minted by the token service. */
const unstored = new Set(['AccessToken', 'ClientCredentials']);
const upsertsBetweenSweeps = 200;

interface Row {
  id: string;
  payload: string;
}

/**
 * Storage of the OAuth library, beside the world. Here the sandbox clock enters: the library reckons with the
 * wall clock, so a row disappears when its time is over on the sandbox clock, which is never behind.
 */
export function createAdapter(parts: {
  outside: Store;
  clock: Clock;
  clients: Clients;
}): (model: string) => Adapter {
  const { outside, clock, clients } = parts;
  let upserts = 0;
  const sweep = () => {
    upserts += 1;
    if (upserts % upsertsBetweenSweeps === 0) {
      outside.run('DELETE FROM outside_oidc WHERE expires_at <= ?', clock.now());
    }
  };

  return (model) => {
    const bearer = bearerModels.has(model);
    const keyOf = (id: string) => (bearer ? hashSecret(id) : id);
    const load = (where: 'id' | 'uid', value: string): Row | undefined =>
      outside.get<Row>(
        `SELECT id, payload FROM outside_oidc
         WHERE model = ? AND ${where} = ? AND (expires_at IS NULL OR expires_at > ?)`,
        model,
        value,
        clock.now(),
      );

    return {
      async upsert(id, payload, expiresIn) {
        if (unstored.has(model)) return;
        const { jti, ...rest } = payload;
        outside.run(
          `INSERT INTO outside_oidc (model, id, payload, expires_at, grant_id, uid) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at,
             grant_id = excluded.grant_id, uid = excluded.uid`,
          model,
          keyOf(id),
          JSON.stringify(bearer ? rest : { jti, ...withoutCookie(rest) }),
          expiresIn ? clock.now() + expiresIn * 1000 : null,
          payload.grantId ?? null,
          payload.uid ?? null,
        );
        sweep();
      },
      async find(id) {
        if (model === 'Client') return clientPayload(clients.find(id));
        const row = load('id', keyOf(id));
        return row && { ...read(row), jti: id };
      },
      async findByUid(uid) {
        const row = load('uid', uid);
        return row && read(row);
      },
      async findByUserCode() {},
      async consume(id) {
        const row = load('id', keyOf(id));
        if (!row) return;
        const payload = { ...read(row), consumed: Math.floor(clock.wall() / 1000) };
        outside.run(
          'UPDATE outside_oidc SET payload = ? WHERE model = ? AND id = ?',
          JSON.stringify(payload),
          model,
          row.id,
        );
      },
      async destroy(id) {
        outside.run('DELETE FROM outside_oidc WHERE model = ? AND id = ?', model, keyOf(id));
      },
      async revokeByGrantId(grantId) {
        outside.run('DELETE FROM outside_oidc WHERE grant_id = ?', grantId);
      },
    };
  };
}

/** The library wrote it, so its form is the library's. */
function read(row: Row): AdapterPayload {
  const payload: AdapterPayload = JSON.parse(row.payload);
  return payload;
}

/** An interaction remembers the session cookie it began with; nothing reads it, so it is not kept. */
function withoutCookie(payload: AdapterPayload): AdapterPayload {
  const { session } = payload;
  if (!session) return payload;
  return { ...payload, session: { ...session, cookie: '' } };
}

/**
 * Clients as the library wants them. All look public to it: the front router has checked the secret, which is
 * only known hashed, before the library sees a request.
 */
function clientPayload(client: OAuthClient | undefined): AdapterPayload | undefined {
  if (!client) return undefined;
  return {
    client_id: client.clientId,
    client_name: client.name,
    // Native clients may use any loopback port; others must name their redirect exactly.
    application_type: client.builtIn ? 'native' : 'web',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [...client.redirectUris],
    scope: scopesOf(client).join(' '),
  };
}

/** An app has exactly its scopes; a custom application may also ask for less than it was given. */
function scopesOf({ scopes, app }: OAuthClient): readonly string[] {
  if (scopes === null) return knownScopes;
  return app === null ? knownScopes.filter((scope) => coveredBy(scopes, scope)) : scopes;
}
