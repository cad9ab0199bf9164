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
export { createEngine, type Engine } from './duckdb/index.ts';
export * from './metastore.ts';
export { type StatementSlice, splitStatements } from './parser/index.ts';
export {
  createVolumeFiles,
  type FileEntry,
  type Link,
  type LinkAction,
  type Redeemed,
  storagePath,
  type VolumeFiles,
  type VolumeFilesOptions,
} from './volume-files/index.ts';
export { createWarehouse, type WarehouseOptions } from './warehouse.ts';
