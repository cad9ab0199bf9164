import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import type { Sandbox } from '../../emulator/index.ts';
import { withToolchain } from '../conformance/toolchain.ts';
import { openReachWorld, reach, strict } from './world.ts';

const python = withToolchain('BRICKBOX_TEST_PYTHON');

const restricted = (id: string, ...names: string[]) => ({
  network_policy_id: id,
  egress: {
    network_access: {
      restriction_mode: 'RESTRICTED_ACCESS',
      allowed_internet_destinations: names.map((destination) => ({
        destination,
        internet_destination_type: 'DNS_NAME',
      })),
      policy_enforcement: { enforcement_mode: 'ENFORCED' },
    },
  },
});

/** The account API through the unmodified SDK's AccountClient, as the sandbox's `who`. */
async function account(sandbox: Sandbox, who = 'admin') {
  const { accountId, token } = await credentials(sandbox, who);
  const argv = [sandbox.workspaceUrl, accountId, token, sandbox.workspaceId];
  const child = spawn(python.path, [join(import.meta.dirname, 'python/policies.py'), ...argv], {
    env: { PATH: process.env.PATH ?? '', HOME: import.meta.dirname },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(...step: unknown[]) {
      child.stdin.write(`${JSON.stringify(step)}\n`);
      const { value } = await lines.next();
      return JSON.parse(String(value));
    },
    async [Symbol.asyncDispose]() {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      await gone;
    },
  };
}

async function credentials(sandbox: Sandbox, who: string) {
  const found = await fetch(`${sandbox.workspaceUrl}/.well-known/databricks-config`);
  const { account_id: accountId } = (await found.json()) as { account_id: string };
  return { accountId, token: sandbox.createPat(who) };
}

const world = (mode: 'strict' | 'cooperative', changes: 'on_restart' | 'at_once' = 'on_restart') =>
  openReachWorld(
    mode,
    { policy_changes: changes },
    {},
    { admin: { user_name: 'admin@acme.test', groups: ['admins'] } },
  );

const stubbed = 'http://rates.example/v1/rates';
const refused = { failed: 'EAI_AGAIN' };

python.test(
  'the policies of the account: list, get, create, replace, bind, delete, and what is refused',
  async () => {
    await using sandbox = await world('cooperative');
    await using api = await account(sandbox);
    const ids = async () =>
      (await api.ask('list')).answer.map((one: { network_policy_id: string }) => one.network_policy_id);
    expect(await ids()).toEqual(['brickbox-declared-only', 'default-policy']);
    expect((await api.ask('bound')).answer).toMatchObject({ network_policy_id: 'brickbox-declared-only' });
    expect((await api.ask('get', 'default-policy')).answer.egress.network_access.restriction_mode).toBe(
      'FULL_ACCESS',
    );

    expect((await api.ask('create', restricted('qa', 'api.example.com'))).answer).toMatchObject(
      restricted('qa', 'api.example.com'),
    );
    expect(await api.ask('create', restricted('qa'))).toMatchObject({ error: 'RESOURCE_ALREADY_EXISTS' });
    // A full replace: the allowed name is gone.
    const replaced = (await api.ask('update', 'qa', restricted('qa'))).answer;
    expect(replaced.egress.network_access.allowed_internet_destinations ?? []).toEqual([]);

    const problem = async (...step: unknown[]) => {
      const { kind, message } = await api.ask(...step);
      return `${kind}: ${message}`;
    };
    expect(await problem('create', restricted('a', '*.acme.com'))).toMatch(
      /^InvalidParameterValue.*not a valid hostname/,
    );
    expect(await problem('create', restricted('a', 'https://acme.com/'))).toMatch(/not a valid hostname/);
    expect(await problem('create', restricted('no spaces', 'acme.com'))).toMatch(/InvalidParameterValue/);
    const many = Array.from({ length: 101 }, (_, i) => `h${i}.example.com`);
    expect(await problem('create', restricted('a', ...many))).toMatch(/InvalidParameterValue/);
    expect(await problem('get', 'nope')).toMatch(/^(NotFound|ResourceDoesNotExist)/);
    expect(await problem('bind', 'nope')).toMatch(/nope does not exist/);
    expect(await problem('delete', 'default-policy')).toMatch(/default-policy cannot be deleted/);

    expect((await api.ask('bind', 'qa')).answer).toMatchObject({ network_policy_id: 'qa' });
    expect(await problem('delete', 'qa')).toMatch(/attached to workspace/);
    expect((await api.ask('bind', 'default-policy')).answer).toMatchObject({
      network_policy_id: 'default-policy',
    });
    expect(await api.ask('delete', 'qa')).toEqual({ answer: null });
    expect(await ids()).toEqual(['brickbox-declared-only', 'default-policy']);

    await using ana = await account(sandbox, 'ana');
    expect(await ana.ask('list')).toMatchObject({ kind: 'PermissionDenied' });
    expect(await ana.ask('bind', 'default-policy')).toMatchObject({ kind: 'PermissionDenied' });
  },
);

const modes = strict.available ? (['cooperative', 'strict'] as const) : (['cooperative'] as const);
for (const mode of modes) {
  python.test(
    `${mode}: a changed policy counts after a restart of the app; a reset brings the first back`,
    async () => {
      await using sandbox = await world(mode);
      await using api = await account(sandbox);
      expect(await reach(sandbox, stubbed)).toMatchObject({ status: 200 });
      await api.ask('create', restricted('nothing'));
      await api.ask('bind', 'nothing');
      expect(await reach(sandbox, stubbed), 'before the restart').toMatchObject({ status: 200 });
      await sandbox.apps[0]?.restart();
      expect(await reach(sandbox, stubbed), 'after the restart').toEqual(refused);
      expect(sandbox.egressReport().policy).toMatchObject({ network_policy_id: 'nothing' });
      await sandbox.reset();
      expect(await reach(sandbox, stubbed), 'after a reset').toMatchObject({ status: 200 });
    },
  );

  python.test(`${mode}: with policy_changes: at_once it counts at once`, async () => {
    await using sandbox = await world(mode, 'at_once');
    await using api = await account(sandbox);
    // Before the first connection: one that is open is not cut.
    await api.ask('update', 'brickbox-declared-only', restricted('brickbox-declared-only'));
    expect(await reach(sandbox, stubbed)).toEqual(refused);
    await api.ask('update', 'brickbox-declared-only', restricted('brickbox-declared-only', 'rates.example'));
    expect(await reach(sandbox, stubbed)).toMatchObject({ status: 200 });
  });
}
