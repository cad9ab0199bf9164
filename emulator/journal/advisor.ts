import type { CallEntry } from './entries.ts';
import type { Journal } from './journal.ts';
import { expectsAttribution, parseUserAgent } from './user-agent.ts';

export interface AppAdvice {
  app: string;
  scopes: {
    /** `user_api_scopes` of the app, without those every app has. */
    declared: string[];
    /** Scopes of user tokens that opened a call. */
    used: string[];
    /** Declared and not used in what the journal holds. */
    unused: string[];
    /** Asked for by calls with user tokens and not there. */
    missing: { scope: string; operation: string; calls: number }[];
  };
  /** Calls of the app, in its users' name or its own, whose User-Agent names no `<isv>_<product>/<version>`. */
  withoutAttribution: { client: string; operation: string; calls: number }[];
}

/** Every app has these without declaring them (docs: Databricks Apps, user authorization). */
const always: ReadonlySet<string> = new Set(['iam.access-control:read', 'iam.current-user:read']);

/**
 * What the journal of a run says about each app's declarations. Discovery and token requests are no calls and so
 * never counted. An empty `used` says that nobody has tried, not that nothing is needed.
 */
export function advise(
  journal: Pick<Journal, 'entries'>,
  apps: readonly { name: string; scopes: readonly string[] }[],
): AppAdvice[] {
  const calls = journal.entries({ kinds: ['call'] }).filter((entry) => entry.kind === 'call');
  return apps.map(({ name, scopes: given }) => {
    const declared = given.filter((scope) => !always.has(scope));
    const own = calls.filter(({ caller }) => caller?.app === name);
    const users = own.filter(({ caller }) => caller?.how === 'obo');
    const used = [...new Set(users.flatMap(({ scopes }) => scopes?.satisfiedBy ?? []))].sort();
    return {
      app: name,
      scopes: {
        declared,
        used,
        unused: declared.filter((scope) => !used.includes(scope)),
        missing: counted(
          users.filter(({ scopes }) => scopes?.satisfiedBy === null),
          (entry) => ({ scope: entry.scopes?.required[0] ?? 'all-apis', operation: operationOf(entry) }),
        ),
      },
      withoutAttribution: counted(own.filter(lacksAttribution), (entry) => ({
        client: clientOf(entry),
        operation: operationOf(entry),
      })),
    };
  });
}

function lacksAttribution({ userAgent, client }: CallEntry): boolean {
  if (userAgent === undefined) return true;
  return expectsAttribution(userAgent) && (client ?? parseUserAgent(userAgent)).partner === null;
}

const operationOf = (entry: CallEntry): string => entry.operation ?? `${entry.method} ${entry.path}`;

function clientOf({ userAgent, client }: CallEntry): string {
  return client?.sdk ?? client?.product ?? userAgent ?? 'no User-Agent';
}

/** Equal rows once, with how often they came, most frequent first. */
function counted<Row extends object>(
  entries: readonly CallEntry[],
  row: (entry: CallEntry) => Row,
): (Row & { calls: number })[] {
  const rows = new Map<string, Row & { calls: number }>();
  for (const entry of entries) {
    const made = row(entry);
    const key = JSON.stringify(made);
    const known = rows.get(key);
    if (known) known.calls += 1;
    else rows.set(key, { ...made, calls: 1 });
  }
  return [...rows.values()].sort((a, b) => b.calls - a.calls);
}
