import { expect, test } from 'vitest';
import { createClock } from '../core/index.ts';
import type { JournalCaller, NewEntry } from './entries.ts';
import { createJournal } from './journal.ts';
import { detectLeaks, type LeakPorts, type OpenExchange } from './leak-detector.ts';

const ana = 'ana@acme.test';
const ben = 'ben@acme.test';

function house() {
  let wall = 1000;
  const journal = createJournal(
    createClock(() => wall),
    () => 1,
  );
  const open: OpenExchange[] = [];
  const ended = new Set<string>();
  const facts = new Map<string, ReturnType<LeakPorts['tokenFacts']>>();
  detectLeaks(journal, {
    tokenFacts: (id) => facts.get(id),
    openExchanges: () => open,
    sessionState: (_, session) => (ended.has(session) ? 'ended' : 'open'),
    wall: () => wall,
  });
  const obo = (session: string | null, exchange: string | null = null) => ({
    how: 'obo',
    app: 'orders',
    session,
    exchange,
  });
  facts.set('t-ana', obo('s-ana'));
  facts.set('t-ben', obo('s-ben'));
  facts.set('t-once', obo('s-ana', 'x-1'));
  facts.set('t-sp', { how: 'm2m', app: 'orders', session: null, exchange: null });
  return {
    journal,
    open,
    ended,
    at: (time: number) => {
      wall = time;
    },
    findings: () => journal.entries({ kinds: ['finding'] }),
  };
}

const call = (caller: Partial<JournalCaller> | null, duration = 5): NewEntry => ({
  kind: 'call',
  caller: caller && {
    principal: ana,
    kind: 'user',
    how: 'obo',
    app: 'orders',
    tokenId: 't-ana',
    ...caller,
  },
  operation: 'current_user.me',
  method: 'GET',
  path: '/api/2.0/preview/scim/v2/Me',
  status: 200,
  duration,
});
const robot = { principal: 'app-id', kind: 'service_principal', how: 'm2m', tokenId: 't-sp' } as const;
const exchange = (tokenId: string): NewEntry => ({
  kind: 'exchange',
  app: 'orders',
  persona: ana,
  session: 's-ana',
  tokenId,
  method: 'GET',
  path: '/',
  status: 200,
  duration: 1,
  outcome: 'proxied',
});
const serving = (principal: string, userTokenId: string | null, started = 900): OpenExchange => ({
  id: `x-of-${principal}`,
  principal,
  started,
  userTokenId,
});

test('a token used after its session ended is a leak, reported once', () => {
  const { journal, ended, findings } = house();
  journal.append(call({}));
  expect(findings()).toEqual([]);
  ended.add('s-ana');
  journal.append(call({}));
  journal.append(call({}));
  expect(findings()).toMatchObject([
    { severity: 'leak', finding: 'token_used_after_session_end', app: 'orders' },
  ]);
});

test('an open WebSocket of an ended session still serves with its token', () => {
  const { journal, open, ended, findings } = house();
  ended.add('s-ana');
  open.push(serving(ana, 't-ana'));
  journal.append(call({}));
  expect(findings()).toEqual([]);
});

test('a token made for one request is a leak after it, but not for a call that began within it', () => {
  const { journal, open, at, findings } = house();
  open.push(serving(ana, 't-once'));
  journal.append(call({ tokenId: 't-once' }));
  open.length = 0;
  at(2000);
  journal.append(exchange('t-once'));
  at(2050);
  journal.append(call({ tokenId: 't-once' }, 80));
  expect(findings()).toEqual([]);
  journal.append(call({ tokenId: 't-once' }, 10));
  expect(findings()).toMatchObject([
    { severity: 'leak', message: expect.stringContaining('after the request x-1') },
  ]);
});

test("another person's token during somebody's only request is a leak; with two requests nobody guesses", () => {
  const { journal, open, findings } = house();
  open.push(serving(ben, 't-ben'), serving(ana, 't-new'));
  journal.append(call({}));
  expect(findings()).toEqual([]);
  open.pop();
  journal.append(call({}, 200));
  expect(findings(), 'the call is older than the request').toEqual([]);
  journal.append(call({}));
  expect(findings()).toMatchObject([
    {
      severity: 'leak',
      finding: 'token_of_another_persona',
      message: expect.stringContaining(
        `ran as ${ana} while the only request the app was serving was one of ${ben}`,
      ),
    },
  ]);
});

test("the app's own identity with a user token at hand: warning when certain, info when not", () => {
  const { journal, open, findings } = house();
  journal.append(call(robot));
  open.push(serving(ana, 't-ana'), serving(ben, null));
  journal.append(call(robot));
  expect(findings(), 'one of the requests has no user token').toEqual([]);
  open.pop();
  journal.append(call(robot));
  open.push(serving(ben, 't-ben'));
  journal.append({ ...call(robot), operation: 'apps.list' } as NewEntry);
  expect(findings()).toMatchObject([
    {
      severity: 'warning',
      finding: 'ran_as_app_identity',
      message: expect.stringContaining(
        "ran as the app's service principal although a user token was at hand",
      ),
      fix: expect.stringContaining('auth_type "pat"'),
    },
    { severity: 'info', finding: 'ran_as_app_identity' },
  ]);
});

test('a refused token that an app kept is named; one of its ended session is a leak', () => {
  const { journal, ended, findings } = house();
  const refused = (tokenId: string): NewEntry => ({
    kind: 'token',
    event: 'refused',
    grant: 'verify',
    principal: ana,
    client: 'c',
    app: 'orders',
    scopes: [],
    tokenId,
    message: 'the token has expired',
  });
  ended.add('s-ana');
  journal.append(refused('t-ben'));
  journal.append(refused('t-ana'));
  journal.append(refused('t-sp'));
  expect(findings()).toMatchObject([
    { severity: 'warning', finding: 'stale_user_token' },
    { severity: 'leak', finding: 'token_used_after_session_end' },
  ]);
});

test('calls without a caller, of people outside apps, and with unknown tokens stay unattributed', () => {
  const { journal, open, ended, findings } = house();
  ended.add('s-ana');
  open.push(serving(ben, 't-ben'));
  journal.append(call(null));
  journal.append(call({ app: null }));
  journal.append(call({ tokenId: 'never-seen' }));
  journal.append(call({ tokenId: null }));
  expect(findings()).toEqual([]);
});
