import { expect, test } from 'vitest';
import { ana, robot, startWorkspace } from '../../../test/support/workspace.ts';
import { family } from './family.ts';

const scim = 'GET /api/2.0/preview/scim/v2';
const anaGroups = [
  { display: 'emea', type: 'direct', value: '3002', $ref: 'Groups/3002' },
  { display: 'users', type: 'direct', value: '3003', $ref: 'Groups/3003' },
];
type Page = { totalResults: number; itemsPerPage: number; Resources: { id: string }[] };

test('Me of a user', async () => {
  await using house = await startWorkspace({ families: [family] });
  const token = house.token(ana, { scopes: ['iam.current-user:read'] });
  const me = await house.call(token, `${scim}/Me`);
  expect(me.headers.get('x-databricks-org-id')).toBe('7474656789012345');
  expect(me.body).toEqual({
    schemas: [
      'urn:ietf:params:scim:schemas:core:2.0:User',
      'urn:ietf:params:scim:schemas:extension:workspace:2.0:User',
    ],
    id: '1002',
    userName: 'ana@acme.test',
    displayName: 'Ana Silva',
    name: { givenName: 'Ana', familyName: 'Silva' },
    active: true,
    emails: [{ type: 'work', value: 'ana@acme.test', primary: true }],
    groups: anaGroups,
    entitlements: [{ value: 'workspace-access' }],
  });
});

test('Me of a service principal is named by its application id and has no e-mail', async () => {
  await using house = await startWorkspace({ families: [family] });
  const me = await house.call(house.token(robot), `${scim}/Me`);
  expect(me.body).toMatchObject({ id: '2001', userName: robot.name, displayName: 'app-orders' });
  expect(me.body).not.toHaveProperty('emails');
});

test('attributes are chosen or left out', async () => {
  await using house = await startWorkspace({ families: [family] });
  const keys = async (query: string) =>
    Object.keys((await house.call(house.token(ana), `${scim}/Me?${query}`)).body as object).sort();
  expect(await keys('attributes=userName')).toEqual(['id', 'schemas', 'userName']);
  expect(await keys('excludedAttributes=entitlements,groups')).toEqual([
    'active',
    'displayName',
    'emails',
    'id',
    'name',
    'schemas',
    'userName',
  ]);
});

test('collections are paged and end with an empty page', async () => {
  await using house = await startWorkspace({ families: [family] });
  const page = async (query: string) =>
    (await house.call(house.token(ana), `${scim}/Users?${query}`)).body as Page;
  expect(await page('startIndex=1&count=2')).toMatchObject({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 3,
    startIndex: 1,
    itemsPerPage: 2,
  });
  expect((await page('startIndex=3&count=2')).Resources.map(({ id }) => id)).toEqual(['1003']);
  expect((await page('startIndex=4&count=2')).Resources).toEqual([]);
  expect((await page('sortBy=userName&sortOrder=descending')).Resources.map(({ id }) => id)).toEqual([
    '1003',
    '1002',
    '1001',
  ]);
});

test.each([
  ['Users', 'userName eq "ANA@acme.test"', ['1002']],
  ['Users', 'userName eq ana@acme.test', ['1002']],
  ['Users', 'userName eq "nobody"', []],
  ['ServicePrincipals', `applicationId eq "${robot.name}"`, ['2001']],
  ['Groups', "displayName eq 'emea'", ['3002']],
])('%s with %s', async (name, filter, ids) => {
  await using house = await startWorkspace({ families: [family] });
  const line = `${scim}/${name}?filter=${encodeURIComponent(filter)}`;
  const { Resources } = (await house.call(house.token(ana), line)).body as Page;
  expect(Resources.map(({ id }) => id)).toEqual(ids);
});

test('one by id, with the members of a group', async () => {
  await using house = await startWorkspace({ families: [family] });
  const token = house.token(ana);
  expect((await house.call(token, `${scim}/Users/1002`)).body).toMatchObject({ groups: anaGroups });
  expect((await house.call(token, `${scim}/ServicePrincipals/2001`)).body).toMatchObject({
    applicationId: robot.name,
  });
  expect((await house.call(token, `${scim}/Groups/3002`)).body).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    id: '3002',
    displayName: 'emea',
    members: [{ display: 'Ana Silva', value: '1002', $ref: 'Users/1002' }],
    meta: { resourceType: 'WorkspaceGroup' },
  });
});

test('errors are in SCIM form', async () => {
  await using house = await startWorkspace({ families: [family] });
  const token = house.token(ana);
  expect(await house.call(token, `${scim}/Users/9`)).toMatchObject({
    status: 404,
    body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' },
  });
  const filter = encodeURIComponent('userName gt "a"');
  expect(await house.call(token, `${scim}/Users?filter=${filter}`)).toMatchObject({
    status: 400,
    body: { scimType: 'invalidFilter', status: '400' },
  });
});
