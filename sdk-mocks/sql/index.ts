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
export { createCatalog, catalogMigrations as sqlMigrations } from './catalog/index.ts';
export { splitStatements, type StatementSlice } from './parser/index.ts';
export { createWarehouse } from './interim.ts';
