import type { Clock, Ids, Secrets } from '../../../emulator/core/index.ts';
import type { Caller } from '../../../emulator/identity/index.ts';
import type { SqlSession } from '../../sql/index.ts';
import type { ResultLinks } from '../results/index.ts';
import { type Handle, idOf, ownerOf, sameSecret } from './handles.ts';
import { Operation } from './operation.ts';
import type { HandleRequest } from './requests.ts';
import type { ThriftSettings } from './settings.ts';
import { invalidOperation, invalidSession, ThriftFailure } from './status.ts';

/** One session of a driver: its defaults, its configuration and its open operations. */
export interface Session {
  readonly handle: Handle;
  readonly owner: string;
  /** Warehouse or cluster it was opened on: its handle is good nowhere else. */
  readonly target: string;
  sql: SqlSession;
  readonly configuration: Readonly<Record<string, string>>;
  readonly operations: Map<string, Operation>;
  lastUsed: number;
}

/** Open sessions of one sandbox. Every use is a heartbeat; idle ones end on the sandbox clock. */
export class Sessions {
  readonly #byId = new Map<string, Session>();
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #secrets: Secrets;
  readonly #links: ResultLinks;
  readonly #settings: ThriftSettings;

  constructor(parts: {
    clock: Clock;
    ids: Ids;
    secrets: Secrets;
    links: ResultLinks;
    settings: ThriftSettings;
  }) {
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#secrets = parts.secrets;
    this.#links = parts.links;
    this.#settings = parts.settings;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** @throws ThriftFailure when the principal has too many open. */
  open(caller: Caller, target: string, sql: SqlSession, configuration: Record<string, string>): Session {
    this.expire();
    const owner = ownerOf(caller);
    const open = [...this.#byId.values()].filter((session) => session.owner === owner).length;
    if (open >= this.#settings.maxSessions) {
      throw new ThriftFailure(
        '08000',
        `${open} sessions are open for ${caller.principal.name}; close some first.`,
      );
    }
    const handle = { id: this.#ids.uuid('session'), secret: this.#secrets.bytes(16) };
    const session: Session = {
      handle,
      owner,
      target,
      sql,
      configuration,
      operations: new Map(),
      lastUsed: this.#clock.now(),
    };
    this.#byId.set(handle.id, session);
    return session;
  }

  /** @throws ThriftFailure for one that is unknown, somebody else's, of another warehouse, or has ended. */
  find({ guid, secret }: HandleRequest, caller: Caller, target: string): Session {
    this.expire();
    const id = idOf(guid);
    const session = this.#byId.get(id);
    const mine = session && session.owner === ownerOf(caller) && session.target === target;
    if (!mine || !sameSecret(session.handle.secret, secret)) throw invalidSession(id);
    session.lastUsed = this.#clock.now();
    return session;
  }

  addOperation(session: Session, type: number): Operation {
    const handle = { id: this.#ids.uuid('statement'), secret: this.#secrets.bytes(16) };
    const operation = new Operation(handle, type, this.#clock.now());
    session.operations.set(handle.id, operation);
    return operation;
  }

  /** @throws ThriftFailure as `find`. */
  findOperation(
    { guid, secret }: HandleRequest,
    caller: Caller,
    target: string,
  ): { session: Session; operation: Operation } {
    this.expire();
    const id = idOf(guid);
    const owner = ownerOf(caller);
    for (const session of this.#byId.values()) {
      const operation = session.operations.get(id);
      if (!operation) continue;
      if (
        session.owner !== owner ||
        session.target !== target ||
        !sameSecret(operation.handle.secret, secret)
      )
        break;
      session.lastUsed = this.#clock.now();
      operation.lastUsed = session.lastUsed;
      return { session, operation };
    }
    throw invalidOperation(id);
  }

  closeOperation(session: Session, operation: Operation): void {
    operation.cancel(this.#clock.now());
    session.operations.delete(operation.handle.id);
  }

  close(session: Session): void {
    for (const operation of session.operations.values()) operation.cancel(this.#clock.now());
    session.operations.clear();
    this.#links.drop(session.handle.id);
    this.#byId.delete(session.handle.id);
  }

  clear(): void {
    for (const session of [...this.#byId.values()]) this.close(session);
  }

  /** Ends what nobody used for too long. */
  expire(): void {
    const now = this.#clock.now();
    for (const session of [...this.#byId.values()]) {
      const running = [...session.operations.values()].some(({ state }) => state.state === 'running');
      if (!running && now - session.lastUsed > this.#settings.sessionIdle) this.close(session);
      for (const operation of [...session.operations.values()]) {
        const idle =
          operation.state.state !== 'running' && now - operation.lastUsed > this.#settings.operationIdle;
        if (idle) this.closeOperation(session, operation);
      }
    }
  }
}
