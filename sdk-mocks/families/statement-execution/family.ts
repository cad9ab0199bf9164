import { defineFamily } from '../../workspace/index.ts';
import { cancelStatement } from './operations/cancel.ts';
import { closeStatement } from './operations/close.ts';
import { createSession } from './operations/create-session.ts';
import { deleteSession } from './operations/delete-session.ts';
import { executeStatement } from './operations/execute.ts';
import { getStatement } from './operations/get.ts';
import { getStatementChunk } from './operations/get-chunk.ts';

export const family = defineFamily({
  name: 'statement-execution',
  title: 'Statement Execution',
  docs: 'https://docs.databricks.com/api/workspace/statementexecution',
  operations: [
    executeStatement,
    getStatement,
    getStatementChunk,
    cancelStatement,
    closeStatement,
    createSession,
    deleteSession,
  ],
});
