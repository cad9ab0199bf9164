// Runs with the unmodified @databricks/sql of the folder in BRICKBOX_DRIVER; prints one line of JSON.
const { createRequire } = require('node:module');
const { DBSQLClient } = createRequire(`${process.env.BRICKBOX_DRIVER}/`)('@databricks/sql');

const logger = { log: () => {} };

async function rows(session, text, options = {}) {
  const operation = await session.executeStatement(text, options);
  const found = await operation.fetchAll();
  await operation.close();
  return found;
}

async function listed(operation) {
  const found = await operation.fetchAll();
  await operation.close();
  return found;
}

async function main() {
  const { HOST, PORT, HTTP_PATH, TOKEN } = process.env;
  const client = new DBSQLClient({ logger });
  await client.connect({ host: HOST, port: Number(PORT), path: HTTP_PATH, token: TOKEN });
  const session = await client.openSession({ initialCatalog: 'main', initialSchema: 'sales' });
  const answer = {
    orders: (await rows(session, 'SELECT id, region, email FROM orders ORDER BY id')).map((row) => ({
      ...row,
      id: Number(row.id),
    })),
    named: await rows(session, 'SELECT :word AS word', { namedParameters: { word: "it's" } }),
    ordinal: await rows(session, 'SELECT ? AS a, ? AS b', { ordinalParameters: ['x', 'y'] }),
    types: await rows(
      session,
      "SELECT array(1, 2) AS a, named_struct('k', 1) AS s, CAST('1.25' AS DECIMAL(10,2)) AS d, DATE'2024-01-02' AS dt, TIMESTAMP'2024-01-02 03:04:05.5' AS ts, CAST(NULL AS STRING) AS n",
    ),
    polled: (await rows(session, 'SELECT id FROM range(10)', { maxRows: null })).length,
    many: (await rows(session, 'SELECT id FROM range(20000)', { maxRows: 1000 })).length,
    tables: (await listed(await session.getTables({ catalogName: 'main', schemaName: 'sales' }))).map(
      (row) => row.TABLE_NAME,
    ),
    types_known: (await listed(await session.getTypeInfo({}))).length,
    server: (await session.getInfo(17)).getValue(),
  };
  try {
    await rows(session, 'SELECT * FROM nope');
  } catch (error) {
    answer.error = { name: error.constructor.name, message: error.message };
  }
  await session.close();
  await client.close();
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

main().catch((error) => {
  process.stdout.write(`${JSON.stringify({ failed: String(error), status: error.statusCode })}\n`);
});
