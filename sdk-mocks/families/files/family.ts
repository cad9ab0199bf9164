import { defineFamily } from '../../workspace/index.ts';
import { directoryOperations } from './operations/directories.ts';
import { fileOperations } from './operations/files.ts';
import { urlOperations } from './operations/urls.ts';

export const family = defineFamily({
  name: 'files',
  title: 'Files',
  docs: 'https://docs.databricks.com/api/workspace/files',
  operations: [...fileOperations, ...directoryOperations, ...urlOperations],
});
