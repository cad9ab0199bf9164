import type { Config } from '../config/index.ts';
import { secretValues } from '../config/index.ts';
import type { Principal } from '../identity/index.ts';
import type { World } from './world.ts';

/** Who seeds when no persona is in `admins`. Not offered for sign-in. */
const seedUser = 'brickbox-seed@brickbox.invalid';

/** Brings in personas, service principals, secrets and the default warehouse with who may use it. */
export function addPeople(config: Config, world: World): void {
  const { directory } = world.identity;
  for (const [alias, persona] of Object.entries(config.personas)) {
    directory.addUser({
      alias,
      userName: persona.user_name,
      groups: persona.groups,
      entitlements: persona.entitlements,
      ...(persona.display_name === undefined ? {} : { displayName: persona.display_name }),
    });
  }
  for (const [alias, sp] of Object.entries(config.service_principals)) {
    directory.addServicePrincipal({ alias, displayName: sp.display_name ?? alias, groups: sp.groups });
  }
  for (const [scope, keys] of Object.entries(secretValues(config))) {
    world.policy.securables.register({ kind: 'SECRET_SCOPE', name: scope }, seedingAdmin(world).name);
    for (const [key, value] of Object.entries(keys)) world.secrets.put(scope, key, value, world.clock.now());
  }
  addWarehouse(world);
}

/** The first persona in `admins`; without one, a user made for the purpose. */
export function seedingAdmin(world: World): Principal {
  const { directory } = world.identity;
  const admin = directory.personas().find(({ principal }) => principal.groups.includes('admins'));
  return (
    admin?.principal ??
    directory.find(seedUser) ??
    directory.addUser({ userName: seedUser, displayName: 'Seed', groups: ['admins'] })
  );
}

/**
 * People and configured service principals may use the default warehouse; an app's own service principal may
 * only when its resources say so. Assumed: workspaces differ here.
 */
function addWarehouse(world: World): void {
  const ref = { kind: 'WAREHOUSE', name: world.sandboxIds.warehouse } as const;
  const { directory } = world.identity;
  world.policy.securables.register(ref, seedingAdmin(world).name);
  const everyone = [...directory.users(), ...directory.servicePrincipals()];
  world.policy.permissions.set(
    ref,
    everyone.map((principal) => ({ principal: principal.name, level: 'CAN_USE' })),
  );
}
