import { expect, test } from 'vitest';
import { createClock } from '../core/index.ts';
import { advise } from './advisor.ts';
import type { NewEntry } from './entries.ts';
import { createJournal } from './journal.ts';
import { parseUserAgent } from './user-agent.ts';

const nothing = { product: null, partner: null, sdk: null, auth: null };
const acme = { product: 'Acme_App/1.2.3', partner: 'Acme_App/1.2.3' };

test.each([
  [
    'Acme_App/1.2.3 databricks-sdk-py/0.133.0 python/3.11.7 os/linux auth/oauth-m2m',
    { ...acme, sdk: 'databricks-sdk-py/0.133.0', auth: 'oauth-m2m' },
  ],
  [
    'unknown/0.0.0 databricks-sdk-py/0.133.0 python/3.11.7 os/linux auth/pat partner/Acme',
    { product: null, partner: 'Acme', sdk: 'databricks-sdk-py/0.133.0', auth: 'pat' },
  ],
  [
    'Acme_App/1.2.3 databricks-sdk-js/0.17.0 nodejs/22.23.3 os/linux auth/undefined',
    { ...acme, sdk: 'databricks-sdk-js/0.17.0', auth: null },
  ],
  [
    'sdk-go-core/0.0.0-dev go/1.26.0 os/linux Acme_App/1.2.3 partner/X',
    { ...acme, sdk: 'sdk-go-core/0.0.0-dev', auth: null },
  ],
  [
    'cli/1.13.0 databricks-sdk-go/0.175.0 go/1.25 os/linux cmd/apps_logs cmd-exec-id/0a auth/pat',
    { product: 'cli/1.13.0', partner: null, sdk: 'databricks-sdk-go/0.175.0', auth: 'pat' },
  ],
  [
    'PyDatabricksSqlConnector/4.4.0 (sqlalchemy + Acme_App/1.2.3)',
    { ...acme, sdk: 'PyDatabricksSqlConnector/4.4.0', auth: null },
  ],
  [
    'NodejsDatabricksSqlConnector/2.1.0 (Acme_App/1.2.3; Node.js 22.23.3; Linux 6.1)',
    { ...acme, sdk: 'NodejsDatabricksSqlConnector/2.1.0', auth: null },
  ],
  [
    'DatabricksJDBCDriverOSS/1.0.7-oss databricks-sdk-java/0.52.0 jvm/17 os/linux Java/THttpClient Acme_App/1.2.3',
    { ...acme, sdk: 'DatabricksJDBCDriverOSS/1.0.7-oss', auth: null },
  ],
  ['Acme_App/1.2.3', { ...acme, sdk: null, auth: null }],
  ['curl/8.5.0', { ...nothing, product: 'curl/8.5.0' }],
  ['node', nothing],
])('%s', (header, parts) => {
  expect(parseUserAgent(header)).toEqual(parts);
});

function written(...entries: NewEntry[]) {
  const journal = createJournal(createClock(), () => 1);
  for (const entry of entries) journal.append(entry);
  return journal;
}

const call = (more: {
  how?: string;
  app?: string;
  operation?: string;
  required?: string;
  satisfiedBy?: string | null;
  userAgent?: string;
}): NewEntry => ({
  kind: 'call',
  caller: {
    principal: 'ana@acme.test',
    kind: 'user',
    how: more.how ?? 'obo',
    app: more.app ?? 'orders',
    tokenId: 't',
  },
  operation: more.operation ?? 'statement_execution.execute_statement',
  method: 'POST',
  path: '/api/2.0/sql/statements',
  status: 200,
  duration: 1,
  scopes: {
    required: [more.required ?? 'sql'],
    satisfiedBy: more.satisfiedBy === undefined ? 'sql' : more.satisfiedBy,
  },
  ...(more.userAgent === undefined ? {} : { userAgent: more.userAgent }),
});

test('the journal keeps what the User-Agent says, beside the header itself', () => {
  const userAgent = 'Acme_App/1.2.3 databricks-sdk-js/0.17.0 auth/pat';
  expect(written(call({ userAgent })).entries()).toMatchObject([
    { userAgent, client: { partner: 'Acme_App/1.2.3', auth: 'pat' } },
  ]);
});

test('unused and missing scopes, counted over user tokens of the app only', () => {
  const journal = written(
    call({}),
    call({ required: 'files', satisfiedBy: null, operation: 'files.download' }),
    call({ required: 'files', satisfiedBy: null, operation: 'files.download' }),
    call({ how: 'm2m', satisfiedBy: 'all-apis' }),
    call({ app: 'other', satisfiedBy: 'dashboards.genie' }),
  );
  const [advice] = advise(journal, [
    { name: 'orders', scopes: ['iam.current-user:read', 'sql', 'dashboards.genie'] },
  ]);
  expect(advice?.scopes).toEqual({
    declared: ['sql', 'dashboards.genie'],
    used: ['sql'],
    unused: ['dashboards.genie'],
    missing: [{ scope: 'files', operation: 'files.download', calls: 2 }],
  });
});

test('calls without attribution are named by client; those that cannot have one yet are not', () => {
  const journal = written(
    call({ userAgent: 'Acme_App/1 databricks-sdk-js/0.17.0' }),
    call({ userAgent: 'unknown/0.0.0 databricks-sdk-py/0.133.0 auth/pat' }),
    call({ userAgent: 'unknown/0.0.0 databricks-sdk-py/0.133.0 auth/pat', how: 'm2m' }),
    call({ userAgent: 'x/1 databricks-sdk-js/0.17.0 auth/undefined' }),
    call({}),
  );
  const [advice] = advise(journal, [{ name: 'orders', scopes: ['sql'] }]);
  const operation = 'statement_execution.execute_statement';
  expect(advice?.withoutAttribution).toEqual([
    { client: 'databricks-sdk-py/0.133.0', operation, calls: 2 },
    { client: 'no User-Agent', operation, calls: 1 },
  ]);
});
