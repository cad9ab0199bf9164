import type { Clock } from '../core/index.ts';
import type { EntryKind, JournalEntry, NewEntry } from './entries.ts';
import { type ClientInfo, parseUserAgent } from './user-agent.ts';

export interface JournalQuery {
  kinds?: readonly EntryKind[];
  /** Only entries with a higher sequence number. */
  after?: number;
  exchange?: string;
  app?: string;
  /** The newest `limit` of what matches. */
  limit?: number;
}

/** Append-only record of everything that happened in a sandbox; bounded, and honest about what it dropped. */
export interface Journal {
  append(entry: NewEntry): JournalEntry;
  entries(query?: JournalQuery): JournalEntry[];
  /** Sequence number of the newest entry, 0 when empty. */
  readonly last: number;
  /** How many of the oldest entries were dropped to stay within bounds. */
  readonly dropped: number;
  /** Sees each new entry, synchronously. Returns the unsubscribe function. */
  follow(listener: (entry: JournalEntry) => void): () => void;
}

export interface JournalBounds {
  /** Entries kept. */
  count: number;
  /** Approximate bytes kept, as JSON. */
  bytes: number;
}

const defaultBounds: JournalBounds = { count: 50_000, bytes: 64 * 1024 * 1024 };

/** Makes a journal. `epoch` tells the world the entries belong to. */
export function createJournal(
  clock: Clock,
  epoch: () => number,
  bounds: JournalBounds = defaultBounds,
): Journal {
  /** Those before `head` are dropped and let go at once; the array itself is cut now and then. */
  let kept: ({ entry: JournalEntry; size: number } | undefined)[] = [];
  let head = 0;
  let bytes = 0;
  let last = 0;
  let dropped = 0;
  const listeners = new Set<(entry: JournalEntry) => void>();

  const trim = () => {
    while (kept.length - head > bounds.count || (bytes > bounds.bytes && kept.length - head > 1)) {
      bytes -= kept[head]?.size ?? 0;
      kept[head] = undefined;
      head += 1;
      dropped += 1;
    }
    if (head > 1024 && head * 2 > kept.length) {
      kept = kept.slice(head);
      head = 0;
    }
  };

  /** Programs send the same few headers again and again. */
  const clients = new Map<string, ClientInfo>();
  const withClient = (entry: NewEntry): NewEntry => {
    if (entry.kind !== 'call' || entry.userAgent === undefined) return entry;
    let client = clients.get(entry.userAgent);
    if (!client) {
      if (clients.size >= 200) clients.clear();
      client = parseUserAgent(entry.userAgent);
      clients.set(entry.userAgent, client);
    }
    return { ...entry, client };
  };

  return {
    get last() {
      return last;
    },
    get dropped() {
      return dropped;
    },
    append(given) {
      last += 1;
      const entry: JournalEntry = {
        exchange: null,
        ...withClient(given),
        seq: last,
        at: clock.now(),
        epoch: epoch(),
      };
      const size = approximateSize(entry);
      kept.push({ entry, size });
      bytes += size;
      trim();
      for (const listener of listeners) listener(entry);
      return entry;
    },
    entries(query = {}) {
      const found: JournalEntry[] = [];
      for (let i = kept.length - 1; i >= head; i -= 1) {
        const entry = kept[i]?.entry;
        if (!entry || entry.seq <= (query.after ?? 0)) break;
        if (query.kinds && !query.kinds.includes(entry.kind)) continue;
        if (query.exchange !== undefined && entry.exchange !== query.exchange) continue;
        if (query.app !== undefined && appOf(entry) !== query.app) continue;
        found.push(entry);
        if (query.limit !== undefined && found.length >= query.limit) break;
      }
      return found.reverse();
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function appOf(entry: JournalEntry): string | null {
  if ('app' in entry) return entry.app;
  return 'caller' in entry ? (entry.caller?.app ?? null) : null;
}

/** Long strings dominate; a rough count is enough for a bound and far cheaper than JSON. */
function approximateSize(entry: JournalEntry): number {
  let size = 200;
  for (const value of Object.values(entry)) if (typeof value === 'string') size += value.length * 2;
  return size;
}
