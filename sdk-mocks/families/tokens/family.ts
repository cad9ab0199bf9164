import { defineFamily } from '../../workspace/index.ts';
import { createToken } from './operations/create.ts';
import { deleteToken } from './operations/delete.ts';
import { introspectToken } from './operations/introspect.ts';
import { listTokens } from './operations/list.ts';

export const family = defineFamily({
  name: 'tokens',
  title: 'Token',
  docs: 'https://docs.databricks.com/api/workspace/tokens',
  operations: [createToken, listTokens, deleteToken, introspectToken],
  migrations: [
    {
      // What the API shows of a token. The token itself is identity's, hashed.
      name: 'tokens/1',
      sql: `CREATE TABLE token_infos (
        token_id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        comment TEXT NOT NULL,
        scopes TEXT NOT NULL,
        creation_time INTEGER NOT NULL,
        expiry_time INTEGER NOT NULL
      ) STRICT`,
    },
  ],
});
