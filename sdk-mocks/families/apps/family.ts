import { defineFamily } from '../../workspace/index.ts';
import { getApp } from './operations/get.ts';
import { listApps } from './operations/list.ts';
import { startApp, stopApp } from './operations/start-stop.ts';

export const family = defineFamily({
  name: 'apps',
  title: 'Apps',
  docs: 'https://docs.databricks.com/api/workspace/apps',
  operations: [listApps, getApp, startApp, stopApp],
});
