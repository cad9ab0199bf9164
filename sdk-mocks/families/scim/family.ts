import { defineFamily } from '../../workspace/index.ts';
import { onAccount } from './operations/account.ts';
import { changes } from './operations/changes.ts';
import { collections } from './operations/collections.ts';
import { currentUser } from './operations/me.ts';

export const family = defineFamily({
  name: 'scim',
  title: 'Users, groups, service principals (SCIM)',
  docs: 'https://docs.databricks.com/api/workspace/currentuser',
  operations: [currentUser, ...collections, ...changes, ...[...collections, ...changes].map(onAccount)],
});
