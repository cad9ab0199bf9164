// What a command of `exec --inside` finds: prints it as one line of JSON.
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

const { DATABRICKS_HOST, DATABRICKS_CONFIG_FILE, BRICKBOX_URL, BRICKBOX_TOKEN } = process.env;
const { BRICKBOX_APP_URL, BRICKBOX_WORKSPACE_URL, http_proxy, OUTSIDE } = process.env;

const profiles = readFileSync(DATABRICKS_CONFIG_FILE, 'utf8');
const [, profileHost, pat] = /\[DEFAULT\]\nhost = (.*)\ntoken = (.*)\n/.exec(profiles);
const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });
const failure = (error) => ({ failed: error.cause?.code ?? error.message });
const get = async (url, token) => {
  const answer = await fetch(url, { redirect: 'manual', ...(token && bearer(token)) }).catch(failure);
  return 'failed' in answer ? answer : { status: answer.status, text: await answer.text() };
};
const control = (path, body) =>
  fetch(BRICKBOX_URL + path, { method: 'POST', body: JSON.stringify(body), ...bearer(BRICKBOX_TOKEN) });

const me = await get(`https://${DATABRICKS_HOST}/api/2.0/preview/scim/v2/Me`, pat);
const seen = {
  host: DATABRICKS_HOST,
  profileHost,
  me: me.text ? JSON.parse(me.text).userName : me,
  meOnLoopback: (await get(`${BRICKBOX_WORKSPACE_URL}/api/2.0/preview/scim/v2/Me`, pat)).status,
  status: (await get(`${BRICKBOX_URL}/v1/status`, BRICKBOX_TOKEN)).status,
  stub: await get('https://rates.example/v1/rates'),
  denied: await get('https://denied.example/'),
  outside: await get(OUTSIDE),
  proxy: http_proxy ?? null,
  interfaces: Object.keys(networkInterfaces()),
};
if (BRICKBOX_APP_URL) {
  const { access_token } = await (await control('/v1/tokens', { as: 'ana' })).json();
  seen.app = (await get(BRICKBOX_APP_URL)).status;
  // The control API is bridged for this command, and for no app.
  const asked = `${BRICKBOX_APP_URL}/reach?url=${encodeURIComponent(`${BRICKBOX_URL}/v1/status`)}`;
  seen.appReachesControl = JSON.parse((await get(asked, access_token)).text);
}
console.log(JSON.stringify(seen));
process.exit(Number(process.argv[2] ?? 0));
