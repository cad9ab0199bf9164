import { expect, test } from 'vitest';
import { runSql, startWithMetastore } from '../../../test/support/metastore.ts';
import { admin, ana, bob, type Fixture } from '../../../test/support/workspace.ts';
import { family } from './family.ts';

interface Answer {
  contents: object[];
  next_page_token: string;
  message: string;
  url: string;
}
const answer = ({ body }: { body: unknown }) => body as Answer;

const file = '/api/2.0/fs/files/Volumes/main/sales/raw';
const folder = '/api/2.0/fs/directories/Volumes/main/sales/raw';

async function start(): Promise<Fixture> {
  const house = await startWithMetastore([family]);
  runSql(
    house,
    admin,
    'CREATE VOLUME main.sales.raw',
    'GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO emea',
    'GRANT READ VOLUME ON VOLUME main.sales.raw TO emea',
  );
  return house;
}

test('keeps files with their parents, by page, in ranges', async () => {
  await using house = await start();
  const token = house.token(admin);
  expect((await house.call(token, `PUT ${file}/a/one.csv`, 'id\n1\n')).status).toBe(204);
  expect((await house.call(token, `PUT ${file}/b.txt`, 'hello world')).status).toBe(204);
  expect((await house.call(token, `PUT ${file}/b.txt`, 'x')).body).toMatchObject({
    error_code: 'ALREADY_EXISTS',
  });
  expect((await house.call(token, `PUT ${file}/b.txt?overwrite=true`, 'hello again')).status).toBe(204);
  expect((await house.call(token, `PUT ${file}/a?overwrite=true`, 'x')).status).toBe(409);
  const first = await house.call(token, `GET ${folder}?page_size=1`);
  expect(answer(first).contents).toMatchObject([
    { path: '/Volumes/main/sales/raw/a/', name: 'a', is_directory: true },
  ]);
  const second = await house.call(
    token,
    `GET ${folder}?page_size=1&page_token=${answer(first).next_page_token}`,
  );
  expect(second.body).toMatchObject({ contents: [{ name: 'b.txt', is_directory: false, file_size: 11 }] });
  expect(second.body).not.toHaveProperty('next_page_token');
  const head = await house.call(token, `HEAD ${file}/b.txt`);
  expect([head.status, head.headers.get('content-length'), head.headers.get('content-type')]).toEqual([
    200,
    '11',
    'text/plain',
  ]);
  const part = async (range: string) => {
    const headers = { authorization: `Bearer ${token}`, range };
    const response = await fetch(`${house.origin}${file}/b.txt`, { headers });
    return [response.status, response.headers.get('content-range'), await response.text()];
  };
  expect(await part('bytes=6-')).toEqual([206, 'bytes 6-10/11', 'again']);
  expect(await part('bytes=-2')).toEqual([206, 'bytes 9-10/11', 'in']);
  expect((await part('bytes=11-'))[0]).toBe(416);
  expect((await house.call(token, `DELETE ${folder}/a`)).body).toMatchObject({
    error_code: 'DIRECTORY_NOT_EMPTY',
  });
  expect((await house.call(token, `DELETE ${file}/a/one.csv`)).status).toBe(204);
  expect((await house.call(token, `DELETE ${folder}/a`)).status).toBe(204);
  expect((await house.call(token, `HEAD ${folder}/a`)).status).toBe(404);
});

test('asks READ VOLUME and WRITE VOLUME, and tells nothing without', async () => {
  await using house = await start();
  await house.call(house.token(admin), `PUT ${file}/x`, 'secret');
  expect((await house.call(house.token(ana), `GET ${file}/x`)).text).toBe('secret');
  const write = await house.call(house.token(ana), `PUT ${file}/y`, '1');
  expect([write.status, answer(write).message]).toEqual([
    403,
    "User does not have WRITE VOLUME on Volume 'main.sales.raw'.",
  ]);
  for (const path of [`${file}/x`, `${file}/none`, '/api/2.0/fs/files/Volumes/main/sales/none/x']) {
    const denied = await house.call(house.token(bob), `GET ${path}`);
    expect([denied.status, answer(denied).message]).toEqual([
      403,
      "User does not have USE CATALOG on Catalog 'main'.",
    ]);
  }
  const narrow = house.token(admin, { scopes: ['sql'] });
  expect((await house.call(narrow, `GET ${file}/x`)).status).toBe(403);
});

test('a path is a key: nothing leads out of the volume', async () => {
  await using house = await start();
  const token = house.token(admin);
  for (const path of [
    '..%2fother',
    'a%2F..%2F..%2Fx',
    'a//b',
    '%00',
    'a%2F.',
    '..%2F..%2F..%2Fetc%2Fpasswd',
  ]) {
    expect([path, (await house.call(token, `PUT ${file}/${path}`, 'x')).status]).toEqual([path, 400]);
  }
  expect((await house.call(token, 'GET /api/2.0/fs/files/etc/passwd')).status).toBe(400);
});

test('dropping a volume forgets its files, another of its name starts empty', async () => {
  await using house = await start();
  const token = house.token(admin);
  await house.call(token, `PUT ${file}/x`, 'old');
  runSql(house, admin, 'DROP VOLUME main.sales.raw', 'CREATE VOLUME main.sales.raw');
  expect((await house.call(token, `GET ${folder}`)).body).toEqual({ contents: [] });
});

test('a presigned URL does one thing, for one caller, for a while', async () => {
  await using house = await start();
  await house.call(house.token(admin), `PUT ${file}/x`, 'secret');
  const ask = (who: typeof ana) =>
    house.call(house.token(who), 'POST /api/2.0/fs/create-download-url', {
      path: '/Volumes/main/sales/raw/x',
    });
  expect((await ask(bob)).status).toBe(403);
  const { url } = answer(await ask(ana));
  expect(await (await fetch(url)).text()).toBe('secret');
  expect((await fetch(url, { method: 'PUT', body: 'y' })).status).toBe(403);
  expect((await fetch(`${url.slice(0, -1)}0`.replace(/00$/, '01'))).status).toBe(403);
  runSql(house, admin, 'REVOKE READ VOLUME ON VOLUME main.sales.raw FROM emea');
  expect((await fetch(url)).status).toBe(403);
  runSql(house, admin, 'GRANT READ VOLUME ON VOLUME main.sales.raw TO emea');
  expect((await fetch(url)).status).toBe(200);
  house.services.clock.advance(16 * 60_000);
  expect((await fetch(url)).status).toBe(403);
});
