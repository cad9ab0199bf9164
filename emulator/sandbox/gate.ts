import type { Workspace } from '../../sdk-mocks/workspace/index.ts';
import type { Config } from '../config/index.ts';
import type { Log } from '../core/index.ts';
import { createEgress, type Egress } from '../egress/index.ts';
import { defaultKeyFolder } from '../identity/index.ts';
import type { RunningApp } from './apps.ts';
import { openRealisticHost, type RealisticHost } from './realistic-host.ts';
import type { World } from './world.ts';

/** The egress gate of a sandbox, with the name under which apps know the workspace. */
export interface Gate {
  egress: Egress;
  /** DATABRICKS_HOST of apps: the bare realistic name where strict egress answers it, else the loopback origin. */
  host: string;
  caEnv: Readonly<Record<string, string>>;
}

/**
 * Begins to open the gate: its rehearsal and the run's certificates take their time while the workspace opens.
 * `open` ends it. Close in any case.
 */
export function openGate(options: {
  config: Config;
  world: World;
  folder: string;
  seed: string;
  /** Fills up later: read when an app starts. */
  apps: ReadonlyMap<string, RunningApp>;
  /** Folders with secrets of the run. */
  hidden: readonly string[];
  /** A command will be run inside: there is something to gate without any app too. */
  inside: boolean;
  log: Log;
}): { open(workspace: Workspace): Promise<Gate>; close(): Promise<void> } {
  const { world, apps } = options;
  const { egress: settings } = options.config;
  const stubs = Object.entries(settings.allowed).flatMap(([name, how]) => ('stub' in how ? [name] : []));
  const known: { workspace?: Workspace; realistic?: RealisticHost; port?: number } = {};

  // Made only where somebody may ask for them: what runs in strict mode, and https stubs.
  const idle = Object.keys(options.config.apps).length === 0 && !options.inside;
  const needed = !idle && (settings.mode !== 'cooperative' || stubs.length > 0);
  const certificates = needed
    ? openRealisticHost({ seed: options.seed, stubs, wall: () => world.clock.wall() })
    : undefined;
  const egress = createEgress({
    policy: () => world.networkPolicies.bound(),
    policyChanges: settings.policy_changes,
    allowed: settings.allowed,
    // Nothing to gate: no need to ask what this machine can do.
    mode: idle ? 'cooperative' : settings.mode,
    dnsFailure: settings.dns_failure,
    baseFolder: options.folder,
    platformOrigins: () => [
      ...(known.workspace ? [known.workspace.origin] : []),
      ...(known.realistic ? [`https://${known.realistic.name}`, ...known.realistic.origins] : []),
      ...[...apps.values()].map((app) => app.gateway.origin),
    ],
    platformPort: (host, port) => (host === known.realistic?.name && port === 443 ? known.port : undefined),
    hidden: () => [defaultKeyFolder(), ...options.hidden],
    readable: () => (known.realistic ? [known.realistic.folder] : []),
    journal: world.journal,
    clock: world.clock,
    log: options.log,
    reachesTarget: true,
    ...(certificates && { certificate: async (host) => (await certificates).certificate(host) }),
  });
  // A reset brings the first policies back, and they count at once: the next test starts where this one did.
  const forget = world.store.onSwap(
    () =>
      void egress.then(
        (opened) => opened.adoptPolicy(),
        () => {},
      ),
  );
  // `open` waits for both; a failure before that is not unhandled.
  egress.catch(() => {});
  certificates?.catch(() => {});

  return {
    async open(workspace) {
      known.workspace = workspace;
      const realistic = await certificates;
      const opened = await egress;
      if (realistic) {
        known.port = await realistic.serve((req, res) => void workspace.handle(req, res));
        known.realistic = realistic;
        workspace.addHost(realistic.name);
        world.networkPolicies.workspaceHosts.add(realistic.name);
        world.identity.addOrigin(`https://${realistic.name}`);
      }
      const host = opened.mode === 'strict' && realistic ? realistic.name : workspace.origin;
      return { egress: opened, host, caEnv: realistic?.caEnv ?? {} };
    },
    async close() {
      forget();
      await (await egress.catch(() => undefined))?.close();
      await (await certificates?.catch(() => undefined))?.close();
    },
  };
}
