/** The part of this folder's door that the Unity Catalog API needs: what exists, and the commands that change it. */
export {
  type Catalog,
  type ContainerInfo,
  type FunctionBinding,
  type FunctionInfo,
  fullName,
  type ObjectName,
  type RelationInfo,
  type VolumeInfo,
} from './catalog/index.ts';
export { columnType } from './parser/index.ts';
export { type Command, createCommands, isCommand, simpleType } from './statements/index.ts';
