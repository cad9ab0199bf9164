// Works in its own world and waits for its neighbour in between, so that both are there at once.
// Arguments: own name, the neighbour's name, minutes to move the clock.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const [name, neighbour, minutes] = process.argv.slice(2);
const call = async (path, body) => {
  const response = await fetch(`${process.env.BRICKBOX_URL}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${process.env.BRICKBOX_TOKEN}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.json();
};
const meet = async (step) => {
  writeFileSync(`${name}.${step}`, '');
  while (!existsSync(`${neighbour}.${step}`)) await delay(10);
};

await meet('started');
if (Number(minutes) > 0) await call('/v1/clock/advance', { milliseconds: Number(minutes) * 60_000 });
await call('/v1/snapshots', { name });
await call('/v1/fetch', { as: 'ana', path: `/of/${name}` });
await meet('worked');
const { entries } = await call('/v1/journal?kinds=exchange');
const { clock, snapshots, apps, workspace_url } = await call('/v1/status');
const { access_token } = await call('/v1/tokens', { as: 'ana' });
writeFileSync(
  `${name}.json`,
  JSON.stringify({
    paths: entries.map(({ path }) => path),
    offset: clock.offset,
    snapshots,
    app: apps[0].url,
    workspace: workspace_url,
    token: access_token,
    profile: process.env.DATABRICKS_CONFIG_PROFILE,
    file: process.env.DATABRICKS_CONFIG_FILE,
  }),
);
await meet('written');
// What the neighbour's token is worth here.
const { token } = JSON.parse(readFileSync(`${neighbour}.json`, 'utf8'));
const foreign = await fetch(`${workspace_url}/api/2.0/preview/scim/v2/Me`, {
  headers: { authorization: `Bearer ${token}` },
});
writeFileSync(`${name}.foreign`, String(foreign.status));
