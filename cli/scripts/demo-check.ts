import { createSandbox, loadConfig, type Sandbox } from '../../emulator/index.ts';

/** One thing the demo proves, and what was seen. */
type Check = (sandbox: Sandbox) => Promise<string>;

interface OrdersAnswer {
  user: string;
  orders: { region: string; email: string }[];
}

const checks: [name: string, check: Check][] = [
  ['everyone signs in through the real redirects and sees their own rows', differentRows],
  ['a denial says why', denial],
  ['the app writes as its own service principal', servicePrincipal],
  ['an allowed host is answered by its stub', allowedHost],
  ['an undeclared host is denied and reported', deniedHost],
  ['a reset brings the seed back', reset],
];

/** Runs the sample app and proves what the README says. Returns the exit code. */
export async function checkDemo(folder: string): Promise<number> {
  const started = performance.now();
  const { config, file } = loadConfig({ folder });
  await using sandbox = await createSandbox({
    config,
    folder,
    ...(file === undefined ? {} : { file }),
    onProgress: (line) => console.log(`  … ${line}`),
  });
  let failures = 0;
  for (const [name, check] of checks) {
    try {
      console.log(`  ok    ${name}\n        ${await check(sandbox)}`);
    } catch (error) {
      failures += 1;
      console.log(`  FAIL  ${name}\n        ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`\nEgress mode: ${sandbox.egressMode}. ${seconds} s.`);
  console.log(`${checks.length - failures} passed, ${failures} failed`);
  return failures === 0 ? 0 : 1;
}

async function differentRows(sandbox: Sandbox): Promise<string> {
  const seen: string[] = [];
  for (const { alias } of sandbox.personas()) {
    const { cookie, hops } = await sandbox.as(alias).signIn();
    expect(hops.length >= 3, `${alias} signed in without redirects`);
    const response = await fetch(`${sandbox.apps[0]?.url}/api/orders`, { headers: { cookie } });
    const { orders } = (await response.json()) as OrdersAnswer;
    const regions = [...new Set(orders.map((order) => order.region))].sort().join('+') || 'nothing';
    const masked = orders.every((order) => order.email === '***');
    seen.push(
      `${alias}: ${orders.length} rows (${regions}${orders.length > 0 && masked ? ', e-mail masked' : ''})`,
    );
  }
  const text = seen.join('; ');
  for (const part of [
    'admin: 6 rows (AMER+APAC+EMEA)',
    'ana: 3 rows (EMEA, e-mail masked)',
    'ben: 2 rows (AMER, e-mail masked)',
    'guest: 0 rows',
  ]) {
    expect(text.includes(part), `expected ${part}, saw ${text}`);
  }
  return text;
}

async function denial(sandbox: Sandbox): Promise<string> {
  const error = await sandbox
    .as('ben')
    .sql('SELECT * FROM main.ops.telemetry')
    .then(
      () => undefined,
      (thrown: Error & { explanation?: { fix: string } }) => thrown,
    );
  expect(error !== undefined, 'ben could read main.ops.telemetry');
  expect(
    /INSUFFICIENT_PERMISSIONS/.test(error?.message ?? ''),
    `ben was refused for another reason: ${error?.message}`,
  );
  return `${error?.message.replaceAll('\n', ' ')} Fix: ${error?.explanation?.fix}`;
}

async function servicePrincipal(sandbox: Sandbox): Promise<string> {
  const response = await sandbox.as('ana').fetch('/api/telemetry', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'demo' }),
  });
  expect(response.status === 201, `telemetry answered ${response.status}: ${await response.text()}`);
  const written = await sandbox.asApp('orders').sql('SELECT event, persona FROM main.ops.telemetry');
  expect(written.objects.length === 1, `expected one telemetry row, saw ${written.objects.length}`);
  const call = sandbox.journal
    .entries({ kinds: ['statement'] })
    .find((entry) => entry.kind === 'statement' && entry.text.startsWith('INSERT INTO main.ops.telemetry'));
  const by = call?.kind === 'statement' ? call.caller.principal : undefined;
  expect(by === sandbox.apps[0]?.servicePrincipal.applicationId, `telemetry was written by ${by}`);
  return `INSERT by ${sandbox.apps[0]?.servicePrincipal.displayName}, asked for by ana`;
}

async function allowedHost(sandbox: Sandbox): Promise<string> {
  const response = await sandbox.as('ana').fetch('/api/rates');
  const body = await response.text();
  expect(response.status === 200, `rates answered ${response.status}: ${body}`);
  return body.slice(0, 120);
}

async function deniedHost(sandbox: Sandbox): Promise<string> {
  const response = await sandbox.as('ana').fetch('/api/partner');
  expect(response.status === 502, `the denied host answered ${response.status}`);
  const { message } = (await response.json()) as { message: string };
  const attempt = sandbox.egressReport().attempts.find(({ verdict }) => verdict === 'denied');
  expect(attempt !== undefined, 'the denied attempt is not in the report');
  return `${attempt?.host} denied (${attempt?.rule}); the app says: ${message}`;
}

async function reset(sandbox: Sandbox): Promise<string> {
  const started = performance.now();
  await sandbox.reset();
  const took = (performance.now() - started).toFixed(1);
  const { rows } = await sandbox.asApp('orders').sql('SELECT * FROM main.ops.telemetry');
  expect(rows.length === 0, `telemetry still has ${rows.length} rows`);
  const response = await sandbox.as('ana').fetch('/api/orders');
  expect(response.status === 200, `after the reset the app answered ${response.status}`);
  return `${took} ms; the app and its cached tokens go on working`;
}

function expect(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}
