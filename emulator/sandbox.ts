import { basename, resolve } from 'node:path';
import { families } from '../sdk-mocks/families/families.gen.ts';
import { createWorkspace } from '../sdk-mocks/workspace/index.ts';
import { resolveConfig } from './config/index.ts';
import { type BrickboxError, Disposables, silentLog } from './core/index.ts';
import { loadPolicy } from './egress/index.ts';
import { createFaults } from './faults/index.ts';
import { changedSettings } from './gateway/index.ts';
import { controlCaller, createActor, createAnonymous, findApp, findPrincipal } from './sandbox/actors.ts';
import { addApp, type RunningApp, registerApps } from './sandbox/apps.ts';
import { createChapters } from './sandbox/chapters.ts';
import { openGate } from './sandbox/gate.ts';
import { runInside } from './sandbox/inside.ts';
import { watchForLeaks } from './sandbox/leaks.ts';
import { addPeople, seedingAdmin } from './sandbox/people.ts';
import { hostServices } from './sandbox/ports.ts';
import { openProtocols, openResultLinks } from './sandbox/protocols.ts';
import { runSeed } from './sandbox/seed.ts';
import { openWorld } from './sandbox/world.ts';
import type { Sandbox, SandboxOptions } from './sandbox-contract.ts';

/**
 * Opens one isolated world: workspace, personas, seed, apps behind their gateways. Close it with `close()` or
 * `await using`.
 * @throws BrickboxError for a wrong configuration, seed or app; nothing is left running then.
 */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const disposables = new Disposables();
  try {
    return await open(options, disposables);
  } catch (error) {
    await disposables.dispose();
    throw error;
  }
}

async function open(options: SandboxOptions, disposables: Disposables): Promise<Sandbox> {
  const folder = resolve(options.folder ?? '.');
  const seed = options.seed ?? basename(folder);
  const log = options.log ?? silentLog;
  const onProgress = options.onProgress ?? (() => {});
  const config = resolveConfig(options.config, { folder, ...(options.file ? { file: options.file } : {}) });
  const world = openWorld({
    seed,
    timeZone: config.sql.time_zone,
    log,
    networkPolicy: loadPolicy(config.egress.policy, Object.keys(config.egress.allowed), folder, log),
  });
  disposables.defer(() => world.close());
  addPeople(config, world);

  const apps = new Map<string, RunningApp>();
  // The gate proves itself on this machine while the workspace opens: a namespace takes about 0.1 s.
  const gate = openGate({
    config,
    world,
    folder,
    seed,
    apps,
    hidden: options.hidden ?? [],
    inside: options.inside ?? false,
    log,
  });
  disposables.defer(() => gate.close());
  const faults = createFaults();
  const links = openResultLinks(world);
  const services = hostServices(world, apps, log, links);
  const protocols = openProtocols(world, services, faults, links);
  disposables.defer(() => protocols.clear());
  disposables.defer(world.store.onSwap(() => protocols.clear()));
  const workspace = await createWorkspace({
    services,
    families,
    faults,
    protocols,
    ...(options.ports?.workspace === undefined ? {} : { port: options.ports.workspace }),
  });
  disposables.use(workspace);
  world.identity.addOrigin(workspace.origin);

  const [{ egress, host, caEnv }] = await Promise.all([
    gate.open(workspace),
    runSeed(config.seed, {
      folder,
      caller: controlCaller(seedingAdmin(world)),
      warehouse: world.warehouse,
      timeZone: config.sql.time_zone,
      onProgress,
    }),
  ]);

  registerApps(config.apps, world);
  for (const [name, app] of Object.entries(config.apps)) {
    const port = options.ports?.apps?.[name];
    const added = await addApp(name, app, {
      world,
      workspaceOrigin: workspace.origin,
      host,
      caEnv,
      folder,
      gate: egress,
      gateTarget: (appName) => egress.target(appName),
      gateway: config.gateway,
      runtime: config.runtime,
      log,
      onProgress,
      ...(port === undefined ? {} : { port }),
    });
    disposables.use(added);
    apps.set(name, added);
  }
  disposables.defer(watchForLeaks(world, apps));
  const chapters = createChapters(world, apps, faults);
  if (options.startApps !== false) await startApps(apps, options.onAppFailure);

  const actors = { world, workspaceOrigin: workspace.origin, apps };
  const gated = apps.size > 0 || options.inside === true;
  const close = () => disposables.dispose();
  return {
    id: world.sandboxIds.sandbox,
    workspaceUrl: workspace.origin,
    workspaceHost: host,
    workspaceId: world.sandboxIds.workspace,
    warehouseId: world.sandboxIds.warehouse,
    apps: [...apps.values()].map((app) => app.public),
    clock: world.clock,
    journal: world.journal,
    caEnv,
    faults,
    loosened: [...config.loosen, ...changedSettings(config.gateway).map(({ name }) => `gateway.${name}`)],
    egressMode: gated ? egress.mode : 'off',
    egressReason: gated ? egress.modeReason : 'there is no app in this sandbox',
    personas: () =>
      world.identity.directory.personas().map(({ alias, principal }) => ({
        alias,
        userName: principal.name,
        displayName: principal.displayName,
        groups: principal.groups,
      })),
    as: (name) => createActor(findPrincipal(world, name), actors),
    asApp: (name) => createActor(findApp(apps, name).servicePrincipal, actors),
    anonymous: () => createAnonymous(apps),
    createPat: (name, patOptions = {}) =>
      world.identity.tokens.createPat({ principal: findPrincipal(world, name), ...patOptions }).token,
    inside: (request) => runInside(egress, request, disposables),
    egressReport: () => egress.report(),
    findings: () => world.journal.entries({ kinds: ['finding'] }).filter((entry) => entry.kind === 'finding'),
    reset: () => chapters.reset(),
    snapshot: (name) => chapters.snapshot(name),
    restore: (name) => chapters.restore(name),
    snapshots: () => chapters.names(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Starts every app; one that fails ends the sandbox, unless somebody wants to look at it (`dev`). */
async function startApps(
  apps: ReadonlyMap<string, RunningApp>,
  onFailure: ((app: string, error: BrickboxError | Error) => void) | undefined,
): Promise<void> {
  await Promise.all(
    [...apps].map(async ([name, app]) => {
      try {
        await app.process.start();
      } catch (error) {
        if (!onFailure || !(error instanceof Error)) throw error;
        onFailure(name, error);
      }
    }),
  );
}
