import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrickboxError, silentLog } from '../../core/index.ts';
import { createDecide } from './decide.ts';
import { loadPolicy } from './load.ts';
import { parsePolicy } from './validate.ts';

const origins = () => ['http://127.0.0.1:4711', 'https://brickbox-1.cloud.databricks.com'];

function policyWith(access: object) {
  return parsePolicy({
    network_policy_id: 'qa',
    egress: { network_access: { restriction_mode: 'RESTRICTED_ACCESS', ...access } },
  });
}

const names = (...list: string[]) => list.map((destination) => ({ destination }));

test('deny_all denies every name and says what to declare', () => {
  const decide = createDecide(loadPolicy('deny_all', ['api.example.com'], '.', silentLog), origins);
  const decision = decide('API.example.com.', 443);
  expect(decision.verdict).toBe('denied');
  expect(decision.rule).toContain('brickbox-deny-all');
  expect(decision.explanation?.fix).toContain('api.example.com: { stub');
});

test('declared_only allows the declared names and no other', () => {
  const decide = createDecide(loadPolicy('declared_only', ['api.example.com'], '.', silentLog), origins);
  expect(decide('api.example.com', 443).verdict).toBe('allowed');
  expect(decide('www.example.com', 443).verdict).toBe('denied');
  expect(decide('192.0.2.1', 443).verdict).toBe('denied');
});

test('open allows names and addresses, but never a real Databricks name or a loopback port', () => {
  const decide = createDecide(loadPolicy('open', [], '.', silentLog), origins);
  expect(decide('anything.test', 25).verdict).toBe('allowed');
  for (const host of [
    'adb-1.azuredatabricks.net',
    'dbc-1.cloud.databricks.com',
    '1.gcp.databricks.com',
    'a.databricksapps.com',
  ]) {
    expect(decide(host, 443).verdict).toBe('denied');
  }
  expect(decide('127.0.0.1', 5432).verdict).toBe('denied');
  expect(decide('localhost', 4711).verdict).toBe('denied');
});

test("the sandbox's own origins are reachable under every policy, by exact port", () => {
  const decide = createDecide(loadPolicy('deny_all', [], '.', silentLog), origins);
  expect(decide('127.0.0.1', 4711)).toMatchObject({ verdict: 'allowed', platform: true });
  expect(decide('127.0.0.1', 4712).verdict).toBe('denied');
  expect(decide('brickbox-1.cloud.databricks.com', 443)).toMatchObject({
    verdict: 'allowed',
    platform: true,
  });
  expect(decide('brickbox-2.cloud.databricks.com', 443).verdict).toBe('denied');
});

test('a block wins over an allow, in full access and in dry run', () => {
  const blocked_internet_destinations = names('bad.example.net');
  const allowed_internet_destinations = names('bad.example.net');
  for (const access of [
    { allowed_internet_destinations },
    { restriction_mode: 'FULL_ACCESS' },
    { policy_enforcement: { enforcement_mode: 'DRY_RUN' } },
  ]) {
    const decide = createDecide(policyWith({ ...access, blocked_internet_destinations }), origins);
    expect(decide('bad.example.net', 443).verdict).toBe('denied');
  }
});

test('dry run passes; with a product filter it is for those products only, apps stay enforced', () => {
  const all = createDecide(policyWith({ policy_enforcement: { enforcement_mode: 'DRY_RUN' } }), origins);
  expect(all('x.example', 443).verdict).toBe('dry_run_denied');
  const some = createDecide(
    policyWith({
      policy_enforcement: { enforcement_mode: 'DRY_RUN', dry_run_mode_product_filter: ['DBSQL'] },
    }),
    origins,
  );
  expect(some('x.example', 443).verdict).toBe('denied');
  expect(some('x.example', 443, 'DBSQL').verdict).toBe('dry_run_denied');
});

test('storage destinations allow the host names of their clouds', () => {
  const decide = createDecide(
    policyWith({
      allowed_storage_destinations: [
        { storage_destination_type: 'AWS_S3', bucket_name: 'b', region: 'us-west-2' },
        {
          storage_destination_type: 'AZURE_STORAGE',
          azure_storage_account: 'acct',
          azure_storage_service: 'dfs',
        },
      ],
    }),
    origins,
  );
  expect(decide('b.s3.us-west-2.amazonaws.com', 443).verdict).toBe('allowed');
  expect(decide('acct.dfs.core.windows.net', 443).verdict).toBe('allowed');
  expect(decide('other.s3.us-west-2.amazonaws.com', 443).verdict).toBe('denied');
});

test.each([
  ['a wildcard', '*.databricksapps.com', 'not a valid hostname'],
  ['a scheme', 'https://api.example.com', 'not a valid hostname'],
  ['a path', 'api.example.com/v1', 'not a valid hostname'],
  ['an address', '192.0.2.1', 'not a valid hostname'],
  ["the workspace's own host", 'brickbox-1.cloud.databricks.com', 'not allowed as internet destination'],
])('refuses %s as a destination', (_what, destination, message) => {
  const input = {
    network_policy_id: 'qa',
    egress: {
      network_access: {
        restriction_mode: 'RESTRICTED_ACCESS',
        allowed_internet_destinations: names(destination),
      },
    },
  };
  expect(() => parsePolicy(input, { workspaceHosts: ['brickbox-1.cloud.databricks.com'] })).toThrow(message);
});

test('refuses a bad id, an unknown mode and more than 100 names', () => {
  expect(() =>
    parsePolicy({
      network_policy_id: 'has space',
      egress: { network_access: { restriction_mode: 'FULL_ACCESS' } },
    }),
  ).toThrow('network_policy_id');
  expect(() => policyWith({ restriction_mode: 'CLOSED' })).toThrow('restriction_mode');
  const many = Array.from({ length: 101 }, (_, i) => `h${i}.example.com`);
  expect(() => policyWith({ allowed_internet_destinations: names(...many) })).toThrow(
    'allowed_internet_destinations',
  );
});

test('a policy file is read from the base folder; a missing one names the presets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brickbox-policy-'));
  try {
    const policy = {
      network_policy_id: 'from-file',
      egress: { network_access: { restriction_mode: 'FULL_ACCESS' } },
    };
    writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
    expect(loadPolicy('policy.json', [], folder, silentLog).network_policy_id).toBe('from-file');
    expect(() => loadPolicy('none.json', [], folder, silentLog)).toThrow(BrickboxError);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a wildcard declaration works with a warning; a scheme in one does not', () => {
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (line: string) => warnings.push(line) };
  const decide = createDecide(loadPolicy('declared_only', ['*.acme.test'], '.', log), origins);
  expect(decide('api.acme.test', 443).verdict).toBe('allowed');
  expect(decide('acme.test', 443).verdict).toBe('denied');
  expect(warnings.join()).toContain('refuses wildcards');
  expect(() => loadPolicy('declared_only', ['https://acme.test'], '.', silentLog)).toThrow('bare host name');
});
