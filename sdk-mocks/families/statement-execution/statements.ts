import { ApiError } from '../../../emulator/core/index.ts';
import { defineSlot, type Services } from '../../workspace/index.ts';
import { Statement } from './statement.ts';

type Caller = Parameters<Services['policy']['authorizer']['check']>[0];

/** Finished statements kept: at most this many, this many characters of results, and this long (docs: one hour). */
const keep = { count: 1_000, size: 128 * 1024 * 1024, milliseconds: 60 * 60_000 };

interface Entry {
  statement: Statement;
  /** Virtual epoch milliseconds of its start. */
  at: number;
  /** Characters of its result, once there is one. */
  size: number;
}

/** Statements of one sandbox whose results can still be asked for. */
export class Statements {
  /** In the order they were started. */
  readonly #byId = new Map<string, Entry>();
  #size = 0;

  /** A new statement of the caller. `now` in virtual epoch milliseconds. */
  add(id: string, caller: Caller, now: number): Statement {
    this.#forget(now);
    const entry: Entry = { statement: new Statement(id, ownerOf(caller)), at: now, size: 0 };
    this.#byId.set(id, entry);
    entry.statement.finished.then(() => this.#measure(entry));
    return entry.statement;
  }

  /** @throws ApiError 404 for an unknown statement, one of somebody else, or one too old. */
  find(id: string, caller: Caller, now: number): Statement {
    return this.#entry(id, caller, now).statement;
  }

  /** Stops a statement and drops its result. @throws ApiError 404 as `find`. */
  close(id: string, caller: Caller, now: number): void {
    const entry = this.#entry(id, caller, now);
    entry.statement.close();
    this.#measure(entry);
  }

  closeAll(): void {
    for (const { statement } of this.#byId.values()) statement.close();
    this.#byId.clear();
    this.#size = 0;
  }

  #entry(id: string, caller: Caller, now: number): Entry {
    const found = this.#byId.get(id);
    if (!found || found.statement.owner !== ownerOf(caller) || tooOld(found, now)) throw unknown(id);
    return found;
  }

  #measure(entry: Entry): void {
    if (this.#byId.get(entry.statement.id) !== entry) return;
    const { status } = entry.statement;
    const size = status.state === 'SUCCEEDED' ? status.result.size : 0;
    this.#size += size - entry.size;
    entry.size = size;
  }

  /** Oldest first; running statements stay. */
  #forget(now: number): void {
    for (const [id, entry] of this.#byId) {
      if (this.#byId.size < keep.count && this.#size <= keep.size && !tooOld(entry, now)) return;
      if (!entry.statement.final) continue;
      this.#byId.delete(id);
      this.#size -= entry.size;
    }
  }
}

export const statementsSlot = defineSlot<Statements>({
  name: 'statements',
  create: () => new Statements(),
  drop: (statements) => statements.closeAll(),
});

export function ownerOf({ principal }: Caller): string {
  return `${principal.kind} ${principal.name}`;
}

function tooOld({ statement, at }: Entry, now: number): boolean {
  return statement.final && now - at > keep.milliseconds;
}

/** field: exact body of an unknown statement id (reference sql-wire 4.6). */
function unknown(id: string): ApiError {
  return new ApiError(404, 'NOT_FOUND', `The statement ${id} was not found.`, {
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ResourceInfo',
        resource_type: 'statement',
        resource_name: id,
        owner: '',
        description: 'does not exist',
      },
    ],
  });
}
