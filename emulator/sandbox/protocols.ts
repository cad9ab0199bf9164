import {
  catalogMetadata,
  createProtocols,
  createResultLinks,
  type Protocols,
  type ResultLinks,
} from '../../sdk-mocks/protocols/index.ts';
import { type HostServices, satisfyingScope } from '../../sdk-mocks/workspace/index.ts';
import { ApiError, systemSecrets } from '../core/index.ts';
import type { Faults } from '../faults/index.ts';
import type { Caller } from '../identity/index.ts';
import type { World } from './world.ts';

/** The SQL drivers' way in, on the listener of the workspace. */
export function openProtocols(
  world: World,
  services: HostServices,
  faults: Faults,
  links: ResultLinks,
): Protocols {
  return createProtocols({
    ...protocolParts(services, faults),
    metadata: catalogMetadata(world.metastore, world.policy),
    links,
  });
}

/** Links to files of results, shared by the drivers' protocols and the Statement Execution API. */
export function openResultLinks(world: World): ResultLinks {
  return createResultLinks({
    clock: world.clock,
    secrets: systemSecrets,
    active: (owner) => world.identity.directory.find(owner)?.active === true,
  });
}

/** Everything of the services that a protocol asks for, with the checks of the REST pipeline. */
export function protocolParts(services: HostServices, faults: Faults) {
  const { clock, ids, secrets, log, journal, policy, warehouse, ports } = services;
  return {
    clock,
    ids,
    secrets,
    log,
    journal,
    faults,
    warehouse,
    workspaceId: ports.identity.workspaceId,
    warehouses: () => ports.warehouses.list(),
    session: () => ports.warehouses.session(),
    verify: (token: string | undefined) => ports.identity.tokens.verify(token),
    requireScope,
    requireUse(caller: Caller, id: string) {
      const decision = policy.authorizer.check(caller, 'CAN_USE', { kind: 'WAREHOUSE', name: id });
      if (decision.allow) return;
      // field: the sentence is the platform's (reference sql-wire 3.13)
      const message = 'You do not have permission to use the SQL Warehouse.';
      throw new ApiError(403, 'PERMISSION_DENIED', message, { explanation: decision.explanation });
    },
    commonHeaders: () => ({
      'x-databricks-org-id': ports.identity.workspaceId,
      'x-request-id': secrets.uuid(),
      server: 'databricks',
    }),
  };
}

function requireScope(caller: Caller, scope: string): void {
  if (satisfyingScope(caller.scopes, [scope]) !== null) return;
  const kind = caller.how === 'pat' ? 'access' : 'OAuth';
  const { kind: who, name } = caller.principal;
  throw new ApiError(
    403,
    'PERMISSION_DENIED',
    `Provided ${kind} token does not have required scopes: ${scope}`,
    {
      explanation: {
        who: `${who === 'user' ? 'user' : 'service principal'} ${name}`,
        rule: `the token has the scopes ${caller.scopes.join(' ') || '(none)'}, SQL drivers ask for ${scope}`,
        fix:
          caller.how === 'obo' && caller.app
            ? `Add ${scope} to user_api_scopes of the app ${caller.app}, then sign in and consent again.`
            : `Ask for a token with the scope ${scope} or all-apis.`,
      },
    },
  );
}
