import { expect, test } from 'vitest';
import { startWorld } from './testing/world.ts';

test('people are found by alias, user name in any case, application id and number', async () => {
  await using world = await startWorld();
  const { directory } = world.identity;
  const ana = directory.find('ana')!;
  expect(ana).toMatchObject({ kind: 'user', name: 'ana@acme.test', displayName: 'Ana Silva', active: true });
  expect(ana.id).toMatch(/^\d{16}$/);
  for (const name of ['ANA@acme.test', ana.id]) expect(directory.find(name)).toEqual(ana);
  const nightly = directory.find('nightly')!;
  expect(nightly.kind).toBe('service_principal');
  expect(directory.find(nightly.name)).toEqual(nightly);
  expect(directory.find('nobody')).toBeUndefined();
  expect(directory.find('admin')?.displayName).toBe('Admin');
});

test('ids repeat from run to run with the same seed', async () => {
  await using one = await startWorld();
  await using two = await startWorld();
  expect(two.identity.directory.users()).toEqual(one.identity.directory.users());
  expect(two.identity.workspaceId).toBe(one.identity.workspaceId);
});

test('nested groups count, also in a circle, and the groups of everyone come by themselves', async () => {
  await using world = await startWorld();
  const { directory } = world.identity;
  directory.addGroup('sales');
  directory.addMember('sales', 'emea-sales');
  directory.addMember('company', 'sales');
  directory.addMember('emea-sales', 'company');
  expect(directory.find('ana')?.groups).toEqual(['emea-sales', 'sales', 'company', 'users', 'account users']);
  expect(directory.memberships('ana').filter(({ direct }) => direct)).toMatchObject([
    { name: 'emea-sales' },
    { name: 'users' },
    { name: 'account users' },
  ]);
  expect(directory.find('guest')?.groups).toEqual(['users', 'account users']);
  expect(directory.groups().find(({ name }) => name === 'users')?.members).toContain('guest@acme.test');
  expect(directory.groups().find(({ name }) => name === 'sales')?.members).toEqual(['emea-sales']);
  directory.removeMember('sales', 'emea-sales');
  expect(directory.find('ana')?.groups).toEqual(['emea-sales', 'users', 'account users']);
  expect(() => directory.addMember('sales', 'sales')).toThrow(/member of itself/);
  expect(() => directory.removeGroup('admins')).toThrow(/system group/);
});

test('a name cannot be taken twice, in any case', async () => {
  await using world = await startWorld();
  const { directory } = world.identity;
  expect(() => directory.addUser({ userName: 'Ana@Acme.test' })).toThrow(
    expect.objectContaining({ status: 409 }),
  );
});

test('a reset brings back who was there, and new ids do not collide', async () => {
  await using world = await startWorld();
  const { directory } = world.identity;
  const image = world.store.serialize();
  const late = directory.addUser({ userName: 'late@acme.test' });
  directory.setActive('ana', false);
  world.store.swap(image);
  expect(directory.find('late@acme.test')).toBeUndefined();
  expect(directory.find('ana')?.active).toBe(true);
  expect(directory.find(late.id)).toBeUndefined();
  expect(directory.addUser({ userName: 'other@acme.test' }).id).toMatch(/^\d{16}$/);
});

test('personas keep the order of the configuration', async () => {
  await using world = await startWorld();
  expect(world.identity.directory.personas().map(({ alias }) => alias)).toEqual([
    'admin',
    'ana',
    'guest',
    'nightly',
  ]);
});

test('an app has its own service principal, removed with its secrets', async () => {
  await using world = await startWorld();
  const { directory, tokens } = world.identity;
  const sp = directory.addServicePrincipal({ displayName: 'app-1a2b3c orders', app: 'orders' });
  expect(directory.servicePrincipalOf('orders')).toEqual(sp);
  const made = Array.from({ length: 5 }, () => tokens.createSecret(sp.name));
  expect(made[0]?.secret).toMatch(/^dose[0-9a-f]{32}$/);
  expect(() => tokens.createSecret(sp.name)).toThrow(/at most 5/);
  expect(world.store.serialize().includes(made[0]!.secret)).toBe(false);
  directory.removeServicePrincipal(sp.name);
  expect(directory.find(sp.name)).toBeUndefined();
  expect(world.store.all('SELECT * FROM identity_secrets')).toEqual([]);
});
