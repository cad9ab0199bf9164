import { z } from 'zod';
import {
  advise,
  type EntryKind,
  type JournalEntry,
  type JournalQuery,
  severities,
} from '../../journal/index.ts';
import { type ControlTarget, defineRoute } from '../define.ts';
import { finding, journalEntry } from '../schemas.ts';
import { principalOf } from '../views.ts';

const kinds = [
  'exchange',
  'call',
  'decision',
  'statement',
  'egress',
  'app',
  'token',
  'finding',
] as const satisfies readonly EntryKind[];

const query = z.strictObject({
  kinds: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(kinds)))
    .optional()
    .describe(`Comma-separated: ${kinds.join(', ')}.`),
  after: z.coerce.number().int().min(0).optional().describe('Only entries with a higher sequence number.'),
  exchange: z.string().optional(),
  app: z.string().optional(),
  persona: z.string().optional().describe('Alias, user name or application id.'),
  limit: z.coerce.number().int().min(1).max(50_000).default(500).describe('The newest of what matches.'),
  follow: z.stringbool().default(false),
});

const appAdvice = z.object({
  app: z.string(),
  scopes: z.object({
    declared: z.array(z.string()),
    used: z.array(z.string()),
    unused: z.array(z.string()),
    missing: z.array(z.object({ scope: z.string(), operation: z.string(), calls: z.number() })),
  }),
  withoutAttribution: z.array(z.object({ client: z.string(), operation: z.string(), calls: z.number() })),
});

export const journalRoutes = [
  defineRoute({
    method: 'GET',
    path: '/v1/journal',
    summary: 'What happened; with follow=true as server-sent events, the kept entries first.',
    input: query,
    answer: z.object({ entries: z.array(journalEntry), last: z.number(), dropped: z.number() }),
    handle: (input, { target }) => ({
      entries: select(target, input).map((entry) => ({ ...entry })),
      last: target.journal.last,
      dropped: target.journal.dropped,
    }),
    follow: (input, { target }, send) => {
      for (const entry of select(target, input)) send(entry, entry.seq);
      const wanted = matcher(target, input);
      return target.journal.follow((entry) => {
        if (wanted(entry)) send(entry, entry.seq);
      });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/advice',
    summary: 'Scopes each app declared, used and missed, and its calls without attribution.',
    input: z.strictObject({}),
    answer: z.object({ apps: z.array(appAdvice) }),
    handle: (_, { target }) => ({ apps: advise(target.journal, target.apps) }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/findings',
    summary: 'What the developer should look at.',
    input: z.strictObject({ at_least: z.enum(severities).default('info') }),
    answer: z.object({ findings: z.array(finding) }),
    handle: ({ at_least }, { findings }) => ({
      findings: findings()
        .filter(({ severity }) => severities.indexOf(severity) >= severities.indexOf(at_least))
        .map((entry) => ({ ...entry })),
    }),
  }),
];

type Query = z.output<typeof query>;

function select(
  target: ControlTarget,
  { kinds, after, exchange, app, persona, limit }: Query,
): JournalEntry[] {
  const asked: JournalQuery = {
    ...(kinds && { kinds }),
    ...(after !== undefined && { after }),
    ...(exchange !== undefined && { exchange }),
    ...(app !== undefined && { app }),
  };
  if (persona === undefined) return target.journal.entries({ ...asked, limit });
  const name = principalName(target, persona);
  return target.journal
    .entries(asked)
    .filter((entry) => principalOf(entry) === name)
    .slice(-limit);
}

/** The same choice for one new entry. The journal itself is asked, so both ways agree on what belongs to an app. */
function matcher(target: ControlTarget, query: Query): (entry: JournalEntry) => boolean {
  return (entry) => select(target, { ...query, after: entry.seq - 1, limit: 1 }).length === 1;
}

/** Personas are written by alias; the journal knows user names and application ids. */
function principalName(target: ControlTarget, persona: string): string {
  const found = target.personas().find(({ alias }) => alias === persona);
  if (found) return found.userName;
  const app = target.apps.find(({ name }) => name === persona);
  return app?.servicePrincipal.applicationId ?? persona;
}
