import { expect, test } from 'vitest';
import { resourceGrants } from './resource-grants.ts';

const ports = { warehouseId: (id: string) => (id === 'default' ? 'abcdef0123456789' : id) };

test('a warehouse gives its permission', () => {
  const resource = { name: 'warehouse', sql_warehouse: { id: 'default', permission: 'CAN_USE' as const } };
  expect(resourceGrants(resource, ports)).toEqual([
    { how: 'permission', level: 'CAN_USE', kind: 'WAREHOUSE', name: 'abcdef0123456789' },
  ]);
});

test('another app gives CAN_USE on it', () => {
  const resource = { name: 'backend', app: { name: 'backend', permission: 'CAN_USE' as const } };
  expect(resourceGrants(resource, ports)).toEqual([
    { how: 'permission', level: 'CAN_USE', kind: 'APP', name: 'backend' },
  ]);
});

test('a table gives USE on its parents, and MODIFY includes SELECT', () => {
  const table = {
    securable_full_name: 'Main.app.events',
    securable_type: 'TABLE',
    permission: 'MODIFY',
  } as const;
  const grants = resourceGrants({ name: 'events', uc_securable: table }, ports);
  expect(grants.map((grant) => `${grant.how === 'privilege' ? grant.privilege : ''} ${grant.name}`)).toEqual([
    'USE CATALOG main',
    'USE SCHEMA main.app',
    'SELECT main.app.events',
    'MODIFY main.app.events',
  ]);
});

test('an unbuilt type is named', () => {
  const genie = { name: 'genie', genie_space: { space_id: '1', permission: 'CAN_RUN' as const } };
  expect(() => resourceGrants(genie, ports)).toThrow(/genie_space|genie space/);
});
