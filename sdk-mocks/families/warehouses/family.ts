import { defineFamily } from '../../workspace/index.ts';
import { getWarehouse } from './operations/get.ts';
import { listWarehouses } from './operations/list.ts';

export const family = defineFamily({
  name: 'warehouses',
  title: 'SQL Warehouses',
  docs: 'https://docs.databricks.com/api/workspace/warehouses',
  operations: [listWarehouses, getWarehouse],
});
