export { type CatalogOptions, createCatalog } from './catalog.ts';
export { invalidCondition, parseCondition, tagsNamed } from './conditions.ts';
export type {
  AbacPolicy,
  AbacStore,
  Catalog,
  ContainerInfo,
  FunctionBinding,
  FunctionInfo,
  GovernedTag,
  ObjectName,
  PolicyArgument,
  PolicyScope,
  RelationChange,
  RelationInfo,
  Segment,
  TableInfo,
  TableVersion,
  Tag,
  Tags,
  TagTarget,
  VersionDetail,
  ViewInfo,
  VolumeInfo,
} from './contract.ts';
export { type EffectivePolicies, effectivePolicies, scopesOf } from './effective.ts';
export { fullName } from './rows.ts';
export { catalogMigrations } from './tables.ts';
