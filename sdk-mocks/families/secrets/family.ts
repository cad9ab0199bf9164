import { defineFamily } from '../../workspace/index.ts';
import { aclOperations } from './operations/acls.ts';
import { scopeOperations } from './operations/scopes.ts';
import { secretOperations } from './operations/secrets.ts';

export const family = defineFamily({
  name: 'secrets',
  title: 'Secrets',
  docs: 'https://docs.databricks.com/api/workspace/secrets',
  operations: [...scopeOperations, ...secretOperations, ...aclOperations],
  migrations: [
    {
      // Scopes that hold nothing yet; the values are the secret store's.
      name: 'secret-scopes/1',
      sql: 'CREATE TABLE secret_scopes (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID',
    },
  ],
});
