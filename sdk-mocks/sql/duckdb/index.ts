export { type Connections, Lent, type ParameterValues } from './connections.ts';
export { copyRows, createEngine, createTableSql, type Engine, type EngineLimits } from './engine.ts';
export { sparkError } from './errors.ts';
export { checkFinalText } from './guard.ts';
