import { WorkspaceClient } from '@databricks/sdk-experimental';
import { expect, test } from 'vitest';
import { runSql, startWithMetastore } from '../../../test/support/metastore.ts';
import { admin, ana } from '../../../test/support/workspace.ts';
import { family } from './family.ts';

test('the JavaScript SDK lists, reads and deletes what an app uploaded', async () => {
  await using house = await startWithMetastore([family]);
  runSql(
    house,
    admin,
    'CREATE VOLUME main.sales.raw',
    'GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO emea',
    'GRANT READ VOLUME ON VOLUME main.sales.raw TO emea',
  );
  const clientOf = (who: typeof ana) =>
    new WorkspaceClient(
      { host: house.origin, token: house.token(who), authType: 'pat' },
      { product: 'Acme_Unit', productVersion: '1.2.3' },
    );
  const top = '/Volumes/main/sales/raw';
  const client = clientOf(admin);
  await client.files.createDirectory({ directory_path: `${top}/in` });
  // As AppKit uploads: fetch, chunked, without a length.
  const answer = await fetch(`${house.origin}/api/2.0/fs/files${top}/in/a%20b.csv?overwrite=true`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${house.token(admin)}`, 'content-type': 'application/octet-stream' },
    body: new Blob(['id\n1\n']).stream(),
    duplex: 'half',
  } as RequestInit);
  expect(answer.status).toBe(204);
  const names: (string | undefined)[] = [];
  for await (const { path } of client.files.listDirectoryContents({ directory_path: `${top}/in` })) {
    names.push(path);
  }
  expect(names).toEqual([`${top}/in/a b.csv`]);
  const { contents } = await clientOf(ana).files.download({ file_path: `${top}/in/a b.csv` });
  expect(await new Response(contents).text()).toBe('id\n1\n');
  await expect(clientOf(ana).files.delete({ file_path: `${top}/in/a b.csv` })).rejects.toMatchObject({
    statusCode: 403,
    message: "User does not have WRITE VOLUME on Volume 'main.sales.raw'.",
  });
  await client.files.delete({ file_path: `${top}/in/a b.csv` });
  await client.files.deleteDirectory({ directory_path: `${top}/in` });
});
