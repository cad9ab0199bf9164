import type { Clock, Ids, Log, Secrets } from '../../../emulator/core/index.ts';
import type { Caller } from '../../../emulator/identity/index.ts';
import type { SqlSession, Warehouse } from '../../sql/index.ts';
import type { ResultLinks } from '../results/index.ts';
import type { ThriftStruct } from './codec/index.ts';
import type { MetadataPort } from './metadata/port.ts';
import type { Sessions } from './sessions.ts';
import type { ThriftSettings } from './settings.ts';
import type { StatementFailure } from './status.ts';

/** What the calls of the service share. */
export interface ThriftParts {
  clock: Clock;
  ids: Ids;
  secrets: Secrets;
  log: Log;
  warehouse: Warehouse;
  metadata: MetadataPort;
  links: ResultLinks;
  sessions: Sessions;
  settings: ThriftSettings;
  /** Defaults of a new session. */
  defaults(): SqlSession;
}

/** One call, once its caller is known and may use the warehouse. */
export interface CallContext {
  caller: Caller;
  /** Warehouse or cluster of the path. */
  target: string;
  origin: string;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
  parts: ThriftParts;
  /** Kept for the journal when the call tells of a failure. */
  note(failure: StatementFailure): void;
}

/** A method of TCLIService: its decoded request to its response. @throws ThriftFailure, answered as a status. */
export type ThriftMethod = (
  request: ThriftStruct,
  context: CallContext,
) => Promise<ThriftStruct> | ThriftStruct;
