export { type Command, type Commands, createCommands, isCommand } from './commands.ts';
export type { CommandResult, Invocation } from './context.ts';
export type { Target } from './create.ts';
export { simpleType } from './describe.ts';
export {
  catalogNotFound,
  columnNotFound,
  functionNotFound,
  relationNotFound,
  rowColumnAccess,
  schemaNotFound,
  tableNotView,
} from './errors.ts';
export {
  type Actor,
  catalogRef,
  createResolver,
  functionRef,
  type NameDefaults,
  type Resolver,
  schemaRef,
  tableRef,
} from './names.ts';
export { tableThen } from './time-travel.ts';
