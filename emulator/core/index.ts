export { type Clock, createClock } from './clock.ts';
export { Disposables } from './disposable.ts';
export {
  ApiError,
  BrickboxError,
  type ErrorDetail,
  type Explanation,
  type SourcePosition,
  SqlError,
} from './errors.ts';
export { createIds, hashSecret, type Ids, type IdsMark, type Secrets, systemSecrets } from './ids.ts';
export type { Launch, LaunchGate } from './launch.ts';
export { listenOnLoopback } from './listen.ts';
export { type Log, silentLog } from './log.ts';
export { makeRunFolder } from './run-folder.ts';
