/** The workspace over the real identity, policy and stores, without apps and processes: for families that change them. */

import { silentLog } from '../../emulator/core/index.ts';
import { createFaults } from '../../emulator/faults/index.ts';
import type { Principal } from '../../emulator/identity/index.ts';
import { hostServices } from '../../emulator/sandbox/ports.ts';
import { openResultLinks } from '../../emulator/sandbox/protocols.ts';
import { openWorld } from '../../emulator/sandbox/world.ts';
import { families } from '../../sdk-mocks/families/families.gen.ts';
import { createWorkspace } from '../../sdk-mocks/workspace/index.ts';

export async function startRealWorld() {
  const world = openWorld({ seed: 'unit', timeZone: 'UTC', log: silentLog });
  const workspace = await createWorkspace({
    services: hostServices(world, new Map(), silentLog, openResultLinks(world)),
    families,
    faults: createFaults(),
  });
  world.identity.addOrigin(workspace.origin);
  const { directory } = world.identity;
  const admin = directory.addUser({ alias: 'admin', userName: 'admin@acme.test', groups: ['admins'] });
  const ana = directory.addUser({ alias: 'ana', userName: 'ana@acme.test', displayName: 'Ana Silva' });
  const bob = directory.addUser({ alias: 'bob', userName: 'bob@acme.test' });
  const robot = directory.addServicePrincipal({ alias: 'robot', displayName: 'robot' });

  return {
    world,
    workspace,
    origin: workspace.origin,
    admin,
    ana,
    bob,
    robot,
    async token(who: Principal, scopes: readonly string[] = ['all-apis']): Promise<string> {
      const minted = await world.identity.tokens.mint({
        principal: who,
        how: who.kind === 'user' ? 'u2m' : 'm2m',
        clientId: 'unit',
        scopes,
        origin: workspace.origin,
      });
      return minted.token;
    },
    /** `call(ana, 'GET /api/…', body?)` with a token of this principal. */
    async call(who: Principal, line: string, body?: object, scopes?: readonly string[]) {
      const [method = '', path = ''] = line.split(' ');
      const response = await fetch(workspace.origin + path, {
        method,
        headers: { authorization: `Bearer ${await this.token(who, scopes)}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json');
      return { status: response.status, text, body: json && text ? JSON.parse(text) : undefined };
    },
    async [Symbol.asyncDispose]() {
      await workspace.close();
      await world.close();
    },
  };
}
