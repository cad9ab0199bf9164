import type { Journal } from '../journal/index.ts';
import type { Store } from '../state/index.ts';
import { stringList } from './rows.ts';
import type { Consents } from './service.ts';

/** Consents of the world, one row a person and client. */
export function createConsents(parts: { store: Store; journal: Journal }): Consents {
  const { store, journal } = parts;
  const note = (event: 'consented' | 'revoked', user: string, client: string, scopes: readonly string[]) =>
    journal.append({
      kind: 'token',
      event,
      grant: 'consent',
      principal: user,
      client,
      app: appOf(client),
      scopes,
      tokenId: null,
    });
  const appOf = (client: string) =>
    store.get<{ app: string | null }>('SELECT app FROM identity_clients WHERE client_id = ?', client)?.app ??
    null;
  const get = (userName: string, clientId: string): readonly string[] | undefined => {
    const row = store.get<{ scopes: string }>(
      'SELECT scopes FROM identity_consents WHERE user_name = ? AND client_id = ?',
      userName,
      clientId,
    );
    return row && stringList(row.scopes);
  };
  return {
    get,
    grant(userName, clientId, scopes) {
      store.run(
        `INSERT INTO identity_consents (user_name, client_id, scopes) VALUES (?, ?, ?)
         ON CONFLICT (user_name, client_id) DO UPDATE SET scopes = excluded.scopes`,
        userName,
        clientId,
        JSON.stringify(scopes),
      );
      note('consented', userName, clientId, scopes);
    },
    revoke(userName, clientId) {
      const before = get(userName, clientId);
      if (!before) return;
      store.run('DELETE FROM identity_consents WHERE user_name = ? AND client_id = ?', userName, clientId);
      note('revoked', userName, clientId, before);
    },
  };
}
