export { type CatalogOptions, createCatalog } from './catalog.ts';
export type {
  Catalog,
  ContainerInfo,
  FunctionBinding,
  FunctionInfo,
  ObjectName,
  PolicyArgument,
  RelationInfo,
  Segment,
  TableInfo,
  TableVersion,
  ViewInfo,
} from './contract.ts';
export { fullName } from './rows.ts';
export { catalogMigrations } from './tables.ts';
