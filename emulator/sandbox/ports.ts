import type { HostServices } from '../../sdk-mocks/workspace/index.ts';
import { ApiError, type Log, systemSecrets } from '../core/index.ts';
import type { RunningApp } from './apps.ts';
import { seedingAdmin } from './people.ts';
import type { World } from './world.ts';

/** What API families may ask of the rest of the house. `apps` fills up after the workspace has started. */
export function hostServices(
  world: World,
  apps: ReadonlyMap<string, RunningApp>,
  log: Log,
  results: HostServices['ports']['results'],
): HostServices {
  const app = (name: string) => {
    const found = apps.get(name);
    if (found) return found;
    // field: apps-platform reference §6.3, errors
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `App with name ${name} does not exist or is deleted.`);
  };
  return {
    clock: world.clock,
    ids: world.ids,
    secrets: systemSecrets,
    log,
    store: world.store,
    journal: world.journal,
    policy: world.policy,
    warehouse: world.warehouse,
    metastore: world.metastore,
    volumes: world.volumes,
    ports: {
      identity: world.identity,
      apps: {
        list: () =>
          [...apps].map(([name, { public: shown }]) => ({
            name,
            url: shown.url,
            state: shown.state,
            servicePrincipal: shown.servicePrincipal.applicationId,
          })),
        stop: (name) => app(name).process.stop(),
        start: (name) => app(name).process.start(),
      },
      secrets: {
        get: (scope, key) => world.secrets.get(scope, key),
        put: (scope, key, value) => world.secrets.put(scope, key, value, world.clock.now()),
        remove: (scope, key) => world.secrets.remove(scope, key),
        updatedAt: (scope, key) => world.secrets.keys(scope).find((one) => one.key === key)?.updatedAt,
        scopes: () => world.secrets.scopes(),
        keys: (scope) => world.secrets.keys(scope).map(({ key }) => key),
      },
      results,
      networkPolicies: world.networkPolicies,
      warehouses: {
        list: () => [
          { id: world.sandboxIds.warehouse, name: 'Brickbox Warehouse', creator: seedingAdmin(world).name },
        ],
        session: () => ({ catalog: 'main', schema: 'default', timeZone: world.timeZone }),
      },
    },
  };
}
