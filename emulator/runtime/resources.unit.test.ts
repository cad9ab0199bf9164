import { expect, test } from 'vitest';
import { resourceGrants, resourceValue } from './resources.ts';

const lookup = {
  warehouse: (id: string) => (id === 'default' ? 'abcdef0123456789' : id),
  secret: (scope: string, key: string) => (scope === 'billing' && key === 'api_key' ? 's3cret' : undefined),
};

test('a warehouse resolves to its id and gives its permission', () => {
  const resource = { name: 'warehouse', sql_warehouse: { id: 'default', permission: 'CAN_USE' as const } };
  expect(resourceValue(resource, lookup)).toBe('abcdef0123456789');
  expect(resourceGrants(resource, lookup)).toEqual([
    { how: 'permission', level: 'CAN_USE', kind: 'WAREHOUSE', name: 'abcdef0123456789' },
  ]);
});

test('a table gives USE on its parents, and MODIFY includes SELECT', () => {
  const resource = {
    name: 'events',
    uc_securable: {
      securable_full_name: 'Main.app.events',
      securable_type: 'TABLE' as const,
      permission: 'MODIFY' as const,
    },
  };
  expect(resourceValue(resource, lookup)).toBe('Main.app.events');
  expect(
    resourceGrants(resource, lookup).map(
      (grant) => `${grant.how === 'privilege' ? grant.privilege : ''} ${grant.name}`,
    ),
  ).toEqual(['USE CATALOG main', 'USE SCHEMA main.app', 'SELECT main.app.events', 'MODIFY main.app.events']);
});

test('a missing secret and an unbuilt type say what to do', () => {
  expect(() =>
    resourceValue({ name: 'key', secret: { scope: 'billing', key: 'nope', permission: 'READ' } }, lookup),
  ).toThrow(/secret billing\/nope/);
  expect(
    resourceValue({ name: 'key', secret: { scope: 'billing', key: 'api_key', permission: 'READ' } }, lookup),
  ).toBe('s3cret');
  expect(() => resourceGrants({ name: 'genie', genie_space: { space_id: '1' } }, lookup)).toThrow(
    /genie_space/,
  );
  expect(() => resourceValue({ name: 'empty' }, lookup)).toThrow(/names no type/);
});
