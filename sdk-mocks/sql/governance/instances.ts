import { createHmac } from 'node:crypto';
import type { Type } from '../dialect/index.ts';
import { type Connections, createTableSql, type Engine } from '../duckdb/index.ts';

interface Held {
  name: string;
  ready: Promise<void>;
  rows: number;
  /** Order of last use. */
  used: number;
  /** Statements reading it now. */
  pins: number;
  volatile: boolean;
}

/** One locked instance: the rows one subject may see with one set of rights. */
export class SubjectInstance {
  readonly connections: Connections;
  readonly #tables = new Map<string, Held>();
  readonly #limits: { tables: number };
  #clock = 0;
  used = 0;
  pins = 0;

  constructor(connections: Connections, limits: { tables: number }) {
    this.connections = connections;
    this.#limits = limits;
  }

  /**
   * Fills the table unless it is there. `fill` copies the visible rows and returns how many. Pins it until `unpin`.
   * When the statement that fills it is stopped, another one that waits for it fills it itself.
   */
  async hold(
    wanted: { key: string; name: string; types: readonly Type[]; volatile: boolean },
    fill: () => Promise<number>,
    signal?: AbortSignal,
  ): Promise<void> {
    this.#clock += 1;
    let held = this.#tables.get(wanted.key);
    const own = held === undefined;
    if (!held) {
      const made: Held = {
        name: wanted.name,
        ready: Promise.resolve(),
        rows: 0,
        used: this.#clock,
        pins: 0,
        volatile: wanted.volatile,
      };
      made.ready = this.#fill(made, wanted, fill);
      held = made;
      this.#tables.set(wanted.key, held);
    }
    held.used = this.#clock;
    held.pins += 1;
    try {
      await (own ? held.ready : unlessStopped(held.ready, signal));
    } catch (error) {
      held.pins -= 1;
      if (own || signal?.aborted) throw error;
      await this.hold(wanted, fill, signal);
    }
  }

  async #fill(
    held: Held,
    wanted: { key: string; name: string; types: readonly Type[] },
    fill: () => Promise<number>,
  ): Promise<void> {
    try {
      await this.connections.use((lent) => lent.run(createTableSql(wanted.name, wanted.types)));
      held.rows = await fill();
    } catch (error) {
      this.#tables.delete(wanted.key);
      await this.#drop(wanted.name);
      throw error;
    }
  }

  /** Lets go; what cannot be used again, and what was used longest ago beyond the limit, is dropped. */
  async unpin(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const held = this.#tables.get(key);
      if (!held) continue;
      held.pins -= 1;
      if (held.volatile && held.pins === 0) {
        this.#tables.delete(key);
        await this.#drop(held.name);
      }
    }
    while (this.#tables.size > this.#limits.tables) {
      const oldest = [...this.#tables]
        .filter(([, held]) => held.pins === 0)
        .sort((a, b) => a[1].used - b[1].used)[0];
      if (!oldest) return;
      this.#tables.delete(oldest[0]);
      await this.#drop(oldest[1].name);
    }
  }

  async #drop(name: string): Promise<void> {
    await this.connections.use((lent) => lent.run(`DROP TABLE IF EXISTS "${name}"`)).catch(() => {});
  }

  close(): void {
    this.connections.close();
  }
}

/** Waits for work of another statement, but not beyond the end of this one. */
async function unlessStopped(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work;
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** The instances of a warehouse, least recently used closed first. */
export class Instances {
  readonly #engine: Engine;
  readonly #open = new Map<string, Promise<SubjectInstance>>();
  readonly #limits: { instances: number; tables: number };
  readonly #secret: string;
  #clock = 0;

  constructor(engine: Engine, limits: { instances: number; tables: number }) {
    this.#engine = engine;
    this.#limits = limits;
    this.#secret = engine.randomName('');
  }

  /**
   * Key and name of the table that holds the rows of `content`, in whichever instance. Nobody can guess the name,
   * and it stays the same, so that prepared statements outlive an eviction. Volatile content has a name of its own.
   */
  nameFor(content: string, volatile: boolean): { key: string; name: string } {
    const key = createHmac('sha256', this.#secret)
      .update(volatile ? content + this.#engine.randomName('') : content)
      .digest('hex');
    return { key, name: `r${key.slice(0, 24)}` };
  }

  /** Lends the instance of a subject and rights. Call `release` when done. */
  async lend(key: string, timeZone: string): Promise<SubjectInstance> {
    let opening = this.#open.get(key);
    if (!opening) {
      opening = this.#engine
        .sandboxed(timeZone)
        .then((connections) => new SubjectInstance(connections, this.#limits));
      this.#open.set(key, opening);
      opening.catch(() => this.#open.delete(key));
    }
    const instance = await opening;
    this.#clock += 1;
    instance.used = this.#clock;
    instance.pins += 1;
    return instance;
  }

  async release(instance: SubjectInstance): Promise<void> {
    instance.pins -= 1;
    if (this.#open.size <= this.#limits.instances) return;
    const settled = await Promise.all(
      [...this.#open].map(async ([key, opening]) => ({
        key,
        instance: await opening.catch(() => undefined),
      })),
    );
    const idle = settled
      .filter((entry) => entry.instance && entry.instance.pins === 0)
      .sort((a, b) => (a.instance?.used ?? 0) - (b.instance?.used ?? 0));
    for (const { key, instance: old } of idle.slice(0, this.#open.size - this.#limits.instances)) {
      this.#open.delete(key);
      old?.close();
    }
  }

  async close(): Promise<void> {
    const all = await Promise.all([...this.#open.values()].map((opening) => opening.catch(() => undefined)));
    this.#open.clear();
    for (const instance of all) instance?.close();
  }
}
