export { catalogMigrations as sqlMigrations, createCatalog } from './catalog/index.ts';
export type {
  CellValue,
  Column,
  SparkType,
  SqlParameter,
  SqlSession,
  StatementRequest,
  StatementResult,
  Warehouse,
} from './contract.ts';
export { createWarehouse } from './interim.ts';
export { type StatementSlice, splitStatements } from './parser/index.ts';
