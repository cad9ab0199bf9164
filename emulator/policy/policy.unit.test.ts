import { expect, test } from 'vitest';
import { createClock } from '../core/index.ts';
import type { Caller, User } from '../identity/index.ts';
import { createJournal } from '../journal/index.ts';
import { openStore } from '../state/index.ts';
import {
  createPolicy,
  groupsContaining,
  insufficientPermissions,
  type Policy,
  policyMigrations,
  type SecurableRef,
} from './index.ts';

const groups: Record<string, string[]> = {
  'ana@acme.test': ['emea-sales', 'sales', 'users'],
  'guest@acme.test': ['users'],
  'admin@acme.test': ['admins', 'users'],
  'owner@acme.test': ['users'],
  'emea-sales': ['sales'],
};
const known = new Set([...Object.keys(groups), 'sales', 'admins', 'users']);

function world() {
  const store = openStore({ migrations: policyMigrations });
  const clock = createClock(() => 1_000);
  const journal = createJournal(clock, () => store.epoch);
  const policy = createPolicy({
    store,
    journal,
    groupsOf: (name) => groups[name] ?? [],
    principalExists: (name) => known.has(name),
  });
  policy.securables.register({ kind: 'CATALOG', name: 'main' }, 'owner@acme.test');
  policy.securables.register({ kind: 'SCHEMA', name: 'main.sales' }, 'owner@acme.test');
  policy.securables.register(orders, 'owner@acme.test');
  policy.securables.register({ kind: 'VIEW', name: 'main.sales.v' }, 'owner@acme.test');
  return { store, journal, policy };
}

const orders: SecurableRef = { kind: 'TABLE', name: 'main.sales.orders' };
const main: SecurableRef = { kind: 'CATALOG', name: 'main' };
const sales: SecurableRef = { kind: 'SCHEMA', name: 'main.sales' };

function caller(name: string): Caller {
  const principal: User = {
    kind: 'user',
    id: '1',
    name,
    displayName: name,
    active: true,
    groups: groups[name] ?? [],
    entitlements: [],
  };
  return {
    principal,
    how: 'obo',
    app: null,
    clientId: null,
    scopes: ['all-apis'],
    tokenId: 't',
    exchange: 'x1',
    session: null,
  };
}

function sentence(policy: Policy, name: string, privilege: string, ref: SecurableRef): string {
  const decision = policy.authorizer.check(caller(name), privilege, ref);
  return decision.allow ? 'allowed' : insufficientPermissions(decision).message;
}

const grant = (policy: Policy, principal: string, privilege: string, securable: SecurableRef) =>
  policy.grants.grant({ principal, privilege, securable });

test('names the first missing privilege, from the catalog down, in the words of a warehouse', () => {
  const { policy } = world();
  const ana = () => sentence(policy, 'ana@acme.test', 'SELECT', orders);
  expect(ana()).toBe(
    "[INSUFFICIENT_PERMISSIONS] Insufficient privileges:\nUser does not have USE CATALOG on Catalog 'main'. SQLSTATE: 42501",
  );
  grant(policy, 'sales', 'USE CATALOG', main);
  expect(ana()).toContain("User does not have USE SCHEMA on Schema 'main.sales'. SQLSTATE: 42501");
  grant(policy, 'emea-sales', 'USE SCHEMA', main);
  expect(ana()).toContain("User does not have SELECT on Table 'main.sales.orders'. SQLSTATE: 42501");
  grant(policy, 'account users', 'SELECT', sales);
  expect(ana()).toBe('allowed');
  expect(sentence(policy, 'guest@acme.test', 'SELECT', orders)).toContain('USE CATALOG');
});

test('a denial says who, which rule, and the GRANT that changes it', () => {
  const { policy, journal } = world();
  const decision = policy.authorizer.check(caller('ana@acme.test'), 'SELECT', orders);
  expect(decision).toMatchObject({
    allow: false,
    missing: { privilege: 'USE CATALOG', securable: main },
    explanation: {
      who: 'user ana@acme.test',
      fix: 'GRANT USE CATALOG ON CATALOG main TO `ana@acme.test`',
    },
  });
  expect(decision.reason).toContain('emea-sales');
  expect(journal.entries({ kinds: ['decision'] })).toMatchObject([
    { allow: false, action: 'SELECT', securable: 'TABLE main.sales.orders', exchange: 'x1' },
  ]);
});

test('revoking takes effect at once, and revoking what was not granted is no error', () => {
  const { policy } = world();
  for (const [privilege, ref] of [
    ['USE CATALOG', main],
    ['USE SCHEMA', sales],
    ['SELECT', orders],
  ] as const) {
    grant(policy, 'ana@acme.test', privilege, ref);
  }
  expect(sentence(policy, 'ana@acme.test', 'SELECT', orders)).toBe('allowed');
  policy.grants.revoke({ principal: 'ana@acme.test', privilege: 'SELECT', securable: orders });
  expect(sentence(policy, 'ana@acme.test', 'SELECT', orders)).toContain('SELECT on Table');
  policy.grants.revoke({ principal: 'ana@acme.test', privilege: 'SELECT', securable: orders });
});

test('ALL PRIVILEGES expands at check time and leaves MANAGE out', () => {
  const { policy } = world();
  grant(policy, 'guest@acme.test', 'ALL PRIVILEGES', main);
  expect(sentence(policy, 'guest@acme.test', 'SELECT', orders)).toBe('allowed');
  expect(sentence(policy, 'guest@acme.test', 'MODIFY', orders)).toBe('allowed');
  expect(sentence(policy, 'guest@acme.test', 'MANAGE', orders)).toContain('MANAGE on Table');
  expect(policy.grants.on(orders, { inherited: true })).toEqual([
    { principal: 'guest@acme.test', privilege: 'ALL PRIVILEGES', securable: main },
  ]);
});

test('MANAGE does not give the data', () => {
  const { policy } = world();
  grant(policy, 'guest@acme.test', 'USE CATALOG', main);
  grant(policy, 'guest@acme.test', 'USE SCHEMA', main);
  grant(policy, 'guest@acme.test', 'MANAGE', main);
  expect(sentence(policy, 'guest@acme.test', 'MANAGE', orders)).toBe('allowed');
  expect(sentence(policy, 'guest@acme.test', 'SELECT', orders)).toContain('SELECT on Table');
});

test('MODIFY works only together with SELECT', () => {
  const { policy } = world();
  for (const privilege of ['USE CATALOG', 'USE SCHEMA', 'MODIFY']) {
    grant(policy, 'guest@acme.test', privilege, main);
  }
  expect(sentence(policy, 'guest@acme.test', 'MODIFY', orders)).toContain('SELECT on Table');
});

test('the owner has everything on the object and must still pass its containers', () => {
  const { policy } = world();
  expect(sentence(policy, 'owner@acme.test', 'MODIFY', orders)).toBe('allowed');
  policy.securables.setOwner(main, 'admins');
  expect(sentence(policy, 'owner@acme.test', 'MODIFY', orders)).toContain('USE CATALOG');
});

test('owning a container means managing below it, not reading', () => {
  const { policy } = world();
  policy.securables.setOwner(sales, 'guest@acme.test');
  policy.securables.setOwner(orders, 'admins');
  expect(sentence(policy, 'owner@acme.test', 'MANAGE', orders)).toBe('allowed');
  expect(sentence(policy, 'owner@acme.test', 'SELECT', orders)).toContain('USE SCHEMA');
});

test('a metastore admin manages everything and reads nothing by that', () => {
  const { policy } = world();
  expect(policy.authorizer.isMetastoreAdmin(caller('admin@acme.test').principal)).toBe(true);
  expect(sentence(policy, 'admin@acme.test', 'MANAGE', orders)).toBe('allowed');
  expect(sentence(policy, 'admin@acme.test', 'OWNERSHIP', orders)).toBe('allowed');
  expect(sentence(policy, 'admin@acme.test', 'SELECT', orders)).toContain('USE CATALOG');
  const metastore: SecurableRef = { kind: 'METASTORE', name: 'metastore' };
  expect(sentence(policy, 'admin@acme.test', 'CREATE CATALOG', metastore)).toBe('allowed');
  expect(sentence(policy, 'ana@acme.test', 'CREATE CATALOG', metastore)).toContain(
    'CREATE CATALOG on Metastore',
  );
});

test('refuses grants that make no sense, by name', () => {
  const { policy } = world();
  expect(() => grant(policy, 'ana@acme.test', 'USE SCHEMA', orders)).toThrow(
    'Privilege USE SCHEMA is not applicable to this entity [main.sales.orders:TABLE]',
  );
  expect(() => grant(policy, 'ana@acme.test', 'SELCT', orders)).toThrow('SELCT is not a valid privilege');
  expect(() => grant(policy, 'nobody', 'SELECT', orders)).toThrow(
    '[PRINCIPAL_DOES_NOT_EXIST] Could not find principal with name nobody.',
  );
  expect(() => grant(policy, 'ana@acme.test', 'SELECT', { kind: 'CATALOG', name: 'samples' })).toThrow(
    'managed by the system',
  );
});

test('the platform-owned parts are open to read, and only that', () => {
  const { policy } = world();
  const trips: SecurableRef = { kind: 'TABLE', name: 'samples.nyctaxi.trips' };
  expect(sentence(policy, 'guest@acme.test', 'SELECT', trips)).toBe('allowed');
  expect(sentence(policy, 'guest@acme.test', 'MODIFY', trips)).toContain('MODIFY');
  const tables: SecurableRef = { kind: 'VIEW', name: 'main.information_schema.tables' };
  expect(sentence(policy, 'guest@acme.test', 'SELECT', tables)).toContain("USE CATALOG on Catalog 'main'");
  grant(policy, 'guest@acme.test', 'USE CATALOG', main);
  expect(sentence(policy, 'guest@acme.test', 'SELECT', tables)).toBe('allowed');
});

test('visibility needs a privilege that reaches the object', () => {
  const { policy } = world();
  const sees = (name: string, ref: SecurableRef) => policy.authorizer.visible(caller(name), ref);
  expect(sees('guest@acme.test', orders)).toBe(false);
  grant(policy, 'guest@acme.test', 'USE CATALOG', main);
  expect([sees('guest@acme.test', main), sees('guest@acme.test', orders)]).toEqual([true, false]);
  grant(policy, 'guest@acme.test', 'BROWSE', main);
  expect([sees('guest@acme.test', sales), sees('guest@acme.test', orders)]).toEqual([true, true]);
  expect([sees('owner@acme.test', orders), sees('admin@acme.test', orders)]).toEqual([true, true]);
});

test('views share the namespace of tables', () => {
  const { policy } = world();
  grant(policy, 'guest@acme.test', 'SELECT', { kind: 'TABLE', name: 'MAIN.sales.V' });
  expect(policy.grants.on({ kind: 'VIEW', name: 'main.sales.v' })).toEqual([
    { principal: 'guest@acme.test', privilege: 'SELECT', securable: { kind: 'VIEW', name: 'main.sales.v' } },
  ]);
});

test("a definer is checked by name, a vanished one has nothing of everyone's", () => {
  const { policy } = world();
  for (const privilege of ['USE CATALOG', 'USE SCHEMA', 'SELECT']) {
    grant(policy, 'account users', privilege, main);
  }
  expect(policy.authorizer.checkPrincipal('guest@acme.test', 'SELECT', orders).allow).toBe(true);
  expect(policy.authorizer.checkPrincipal('sales', 'SELECT', orders).allow).toBe(true);
  expect(policy.authorizer.checkPrincipal('gone@acme.test', 'SELECT', orders).allow).toBe(false);
});

test('unregistering takes grants and everything below along', () => {
  const { policy } = world();
  grant(policy, 'guest@acme.test', 'SELECT', orders);
  policy.securables.unregister(sales);
  expect(policy.securables.exists(orders)).toBe(false);
  expect(policy.grants.on(orders)).toEqual([]);
  expect(policy.securables.exists(main)).toBe(true);
});

test('permission levels include the lower ones; admins inherit management', () => {
  const { policy } = world();
  const app: SecurableRef = { kind: 'APP', name: 'orders' };
  policy.securables.register(app, 'owner@acme.test');
  policy.permissions.set(app, [{ principal: 'sales', level: 'CAN_USE' }]);
  expect(sentence(policy, 'ana@acme.test', 'CAN_USE', app)).toBe('allowed');
  expect(sentence(policy, 'ana@acme.test', 'CAN_MANAGE', app)).toContain("CAN_MANAGE on App 'orders'");
  expect(sentence(policy, 'guest@acme.test', 'CAN_USE', app)).toContain('CAN_USE');
  expect(sentence(policy, 'owner@acme.test', 'CAN_MANAGE', app)).toBe('allowed');
  expect(sentence(policy, 'admin@acme.test', 'CAN_MANAGE', app)).toBe('allowed');
  expect(policy.permissions.get(app)).toEqual([
    { principal: 'owner@acme.test', level: 'CAN_MANAGE', inherited: false },
    { principal: 'sales', level: 'CAN_USE', inherited: false },
    { principal: 'admins', level: 'CAN_MANAGE', inherited: true },
  ]);
  policy.permissions.add(app, { principal: 'guest@acme.test', level: 'CAN_MANAGE' });
  expect(sentence(policy, 'guest@acme.test', 'CAN_USE', app)).toBe('allowed');
  policy.permissions.remove(app, 'guest@acme.test');
  expect(sentence(policy, 'guest@acme.test', 'CAN_USE', app)).toContain('CAN_USE');
  expect(() => policy.permissions.add(app, { principal: 'sales', level: 'CAN_FLY' })).toThrow('CAN_FLY');
  expect(() => policy.authorizer.check(caller('ana@acme.test'), 'SELECT', app)).toThrow('no privilege');
});

test('a rollback and a swap are seen at once', () => {
  const { policy, store } = world();
  const image = store.serialize();
  const may = () => sentence(policy, 'guest@acme.test', 'USE CATALOG', main);
  expect(() =>
    store.transaction(() => {
      grant(policy, 'guest@acme.test', 'USE CATALOG', main);
      expect(may()).toBe('allowed');
      throw new Error('rolled back');
    }),
  ).toThrow('rolled back');
  expect(may()).toContain('USE CATALOG');
  grant(policy, 'guest@acme.test', 'USE CATALOG', main);
  const version = policy.version;
  expect(may()).toBe('allowed');
  store.swap(image);
  expect(may()).toContain('USE CATALOG');
  grant(policy, 'guest@acme.test', 'BROWSE', main);
  expect(policy.version).toBeGreaterThan(version);
});

test('a group counts for the groups it is in, nested and in circles', () => {
  const tree = [
    { name: 'emea-sales', members: ['ana@acme.test'] },
    { name: 'sales', members: ['emea-sales', 'everyone'] },
    { name: 'everyone', members: ['sales'] },
    { name: 'apart', members: ['guest@acme.test'] },
  ];
  expect(groupsContaining(tree, 'emea-sales')).toEqual(['sales', 'everyone']);
  expect(groupsContaining(tree, 'everyone')).toEqual(['sales']);
  expect(groupsContaining(tree, 'apart')).toEqual([]);
  const { policy } = world();
  grant(policy, 'sales', 'USE CATALOG', main);
  expect(policy.authorizer.checkPrincipal('emea-sales', 'USE CATALOG', main).allow).toBe(true);
});

test('a renamed securable keeps owner, grants and what is below it', () => {
  const { policy } = world();
  grant(policy, 'sales', 'SELECT', orders);
  policy.securables.rename(orders, 'main.sales.sold');
  const sold: SecurableRef = { kind: 'TABLE', name: 'main.sales.sold' };
  expect(policy.securables.exists(orders)).toBe(false);
  expect(policy.securables.owner(sold)).toBe('owner@acme.test');
  expect(policy.grants.on(sold)).toMatchObject([{ principal: 'sales', privilege: 'SELECT' }]);
  policy.securables.rename(sales, 'main.trade');
  expect(policy.securables.exists({ kind: 'TABLE', name: 'main.trade.sold' })).toBe(true);
  expect(policy.grants.on({ kind: 'TABLE', name: 'main.trade.sold' })).toHaveLength(1);
});
