import { defineFamily } from '../../workspace/index.ts';
import { createGreeting } from './operations/create.ts';
import { getGreeting } from './operations/get.ts';

/** The smallest whole family: copy this folder, rename it, and replace its operations. Registered in its tests only. */
export const family = defineFamily({
  name: '_template',
  title: 'Template',
  docs: 'https://docs.databricks.com/api/workspace/introduction',
  operations: [createGreeting, getGreeting],
  migrations: [
    {
      name: 'template/1',
      sql: 'CREATE TABLE template_greetings (name TEXT PRIMARY KEY, text TEXT NOT NULL, creator TEXT NOT NULL) STRICT',
    },
  ],
});
