import { resolve } from 'node:path';
import type { AppConfig, RuntimeSettings } from '../config/index.ts';
import { BrickboxError, Disposables, type LaunchGate, type Log } from '../core/index.ts';
import { createGateway, type Gateway } from '../gateway/index.ts';
import { effectiveAppScopes, oidcScopes, type ServicePrincipal } from '../identity/index.ts';
import {
  type AppProcess,
  type AppTarget,
  createAppProcess,
  createResourceResolver,
  type ResourcePorts,
  resourceGrants,
} from '../runtime/index.ts';
import type { SandboxApp } from '../sandbox-contract.ts';
import { seedingAdmin } from './people.ts';
import type { World } from './world.ts';

/** One app under test: its service principal, gateway and process. */
export interface RunningApp {
  readonly public: SandboxApp;
  readonly gateway: Gateway;
  readonly process: AppProcess;
  readonly servicePrincipal: ServicePrincipal;
  readonly clientId: string;
  close(): Promise<void>;
}

export interface AppContext {
  world: World;
  workspaceOrigin: string;
  /** DATABRICKS_HOST of apps. */
  host: string;
  /** CA variables of apps. */
  caEnv: Readonly<Record<string, string>>;
  folder: string;
  gate: LaunchGate;
  /** How to reach the app when the gate keeps it in a namespace; undefined outside one. */
  gateTarget(name: string): AppTarget | undefined;
  gateway: Readonly<Record<string, string | number | boolean>>;
  runtime: Partial<RuntimeSettings>;
  log: Log;
  onProgress(line: string): void;
  port?: number;
}

/**
 * Registers the app in the world (service principal, OAuth client, grants of its resources, permissions) and
 * opens its gateway. The process is made, not started.
 */
export async function addApp(name: string, app: AppConfig, context: AppContext): Promise<RunningApp> {
  const { world } = context;
  const disposables = new Disposables();
  const servicePrincipal = world.identity.directory.addServicePrincipal({
    displayName: `app-${world.ids.hex('app', 6)} ${name}`,
    app: name,
  });
  const { secret } = world.identity.tokens.createSecret(servicePrincipal.name);
  const ports = resourcePorts(world);
  grantResources(app, servicePrincipal, ports, world);

  const scopes = effectiveAppScopes(app.user_api_scopes);
  const holder: { process?: AppProcess } = {};
  let clientId = '';
  const gateway = await createGateway({
    backend: {
      name,
      target: () => holder.process?.target(),
      state: () => holder.process?.state ?? 'stopped',
    },
    client: ({ origin, redirectUri }) => {
      const client = world.identity.registerApp({
        app: name,
        origin,
        redirectUris: [redirectUri],
        scopes: [...oidcScopes, ...scopes],
      });
      clientId = client.clientId;
      return client;
    },
    scopes,
    identity: world.identity,
    policy: world.policy,
    journal: world.journal,
    clock: world.clock,
    log: context.log,
    workspaceOrigin: context.workspaceOrigin,
    sandboxId: world.sandboxIds.sandbox,
    settings: context.gateway,
    ...(context.port === undefined ? {} : { port: context.port }),
  });
  disposables.use(gateway);

  const inNamespace = context.gate.mode === 'strict';
  const process = createAppProcess({
    name,
    app,
    folder: resolve(context.folder, app.source_code_path),
    servicePrincipal,
    clientSecret: secret,
    host: context.host,
    workspaceId: world.sandboxIds.workspace,
    appUrl: gateway.origin,
    caEnv: context.caEnv,
    resolve: createResourceResolver(name, app, ports),
    gate: context.gate,
    journal: world.journal,
    clock: world.clock,
    log: context.log,
    settings: context.runtime,
    onProgress: (line) => context.onProgress(`${name}: ${line}`),
    ...(inNamespace ? { target: () => namespaceTarget(context, name) } : {}),
  });
  holder.process = process;
  disposables.defer(() => process.stop());

  return {
    gateway,
    process,
    servicePrincipal,
    clientId,
    public: {
      name,
      url: gateway.origin,
      get state() {
        return process.state;
      },
      servicePrincipal: {
        applicationId: servicePrincipal.name,
        displayName: servicePrincipal.displayName,
      },
      scopes,
      get env() {
        return process.env;
      },
      get notes() {
        return process.notes;
      },
      logs: (limit) => process.logs(limit),
      followLogs: (listener) => process.followLogs(listener),
      start: () => process.start(),
      stop: () => process.stop(),
      restart: () => process.restart(),
    },
    close: () => disposables.dispose(),
  };
}

function namespaceTarget(context: AppContext, name: string): AppTarget {
  const target = context.gateTarget(name);
  if (target) return target;
  throw new BrickboxError('APP_TARGET_MISSING', `The egress gate has no way in to the app "${name}".`, {
    kind: 'internal',
  });
}

function resourcePorts(world: World): ResourcePorts {
  return {
    warehouseId(id) {
      if (id === 'default' || id === world.sandboxIds.warehouse) return world.sandboxIds.warehouse;
      throw new BrickboxError('WAREHOUSE_UNKNOWN', `There is no SQL warehouse "${id}" in this sandbox.`, {
        fix: `Write \`id: default\`, or the id of the one there is: ${world.sandboxIds.warehouse}.`,
      });
    },
    secret: (scope, key) => world.secrets.get(scope, key),
  };
}

/** Declaring a resource grants the app's service principal what it says (docs: Databricks Apps, resources). */
function grantResources(app: AppConfig, sp: ServicePrincipal, ports: ResourcePorts, world: World): void {
  for (const resource of app.resources) {
    for (const grant of resourceGrants(resource, ports)) {
      const securable = { kind: grant.kind, name: grant.name };
      if (grant.how === 'privilege') {
        needSecurable(world, securable, resource.name);
        world.policy.grants.grant({ principal: sp.name, privilege: grant.privilege, securable });
      } else {
        if (grant.kind === 'APP') needSecurable(world, securable, resource.name);
        world.policy.permissions.add(securable, { principal: sp.name, level: grant.level });
      }
    }
  }
}

function needSecurable(
  world: World,
  ref: Parameters<World['policy']['securables']['exists']>[0],
  resource: string,
): void {
  if (world.policy.securables.exists(ref)) return;
  throw new BrickboxError(
    'RESOURCE_MISSING',
    `The resource "${resource}" points to ${ref.kind.toLowerCase()} ${ref.name}, which does not exist.`,
    {
      fix:
        ref.kind === 'APP'
          ? 'Declare it under `apps` in brickbox.yaml, or correct the name.'
          : 'Create it in a seed file (under `seed` in brickbox.yaml), or correct the name.',
    },
  );
}

/** Makes the apps known and says who may use them. Before any is added: their resources name one another. */
export function registerApps(apps: Readonly<Record<string, AppConfig>>, world: World): void {
  for (const [name, app] of Object.entries(apps)) setPermissions(name, app, world);
}

function setPermissions(name: string, app: AppConfig, world: World): void {
  const ref = { kind: 'APP', name } as const;
  world.policy.securables.register(ref, seedingAdmin(world).name);
  world.policy.permissions.set(
    ref,
    app.permissions.map((entry) => ({
      principal: principalOf(entry, world),
      level: entry.level,
    })),
  );
}

function principalOf(entry: AppConfig['permissions'][number], world: World): string {
  const name = entry.user_name ?? entry.group_name ?? entry.service_principal_name ?? '';
  if (entry.group_name !== undefined) return name;
  return world.identity.directory.find(name)?.name ?? name;
}
