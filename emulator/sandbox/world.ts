import { families } from '../../sdk-mocks/families/families.gen.ts';
import {
  type Catalog,
  createCatalog,
  createEngine,
  createVolumeFiles,
  createWarehouse,
  sqlMigrations,
  type VolumeFiles,
  type Warehouse,
} from '../../sdk-mocks/sql/index.ts';
import { createStorage, storageMigrations } from '../../sdk-mocks/storage/index.ts';
import {
  type Clock,
  createClock,
  createIds,
  Disposables,
  type Ids,
  type Log,
  systemSecrets,
} from '../core/index.ts';
import { type NetworkPolicy, presetPolicy } from '../egress/index.ts';
import { createIdentity, type Identity, identityMigrations, outsideMigrations } from '../identity/index.ts';
import { createJournal, type Journal } from '../journal/index.ts';
import { createPolicy, groupsContaining, type Policy, policyMigrations } from '../policy/index.ts';
import {
  createImages,
  createSecretStore,
  type Images,
  openStore,
  type SecretStore,
  type Store,
  secretMigrations,
} from '../state/index.ts';
import { type SandboxIds, sandboxIds } from './defaults.ts';
import { createNetworkPolicies, type NetworkPolicies, networkPolicyMigrations } from './network-policies.ts';

/** The parts of one sandbox that hold state and take decisions; no listener, no process. */
export interface World {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sandboxIds: SandboxIds;
  readonly journal: Journal;
  readonly store: Store;
  readonly identity: Identity;
  readonly policy: Policy;
  readonly warehouse: Warehouse;
  readonly metastore: Catalog;
  readonly volumes: VolumeFiles;
  readonly secrets: SecretStore;
  readonly images: Images;
  readonly networkPolicies: NetworkPolicies;
  readonly timeZone: string;
  close(): Promise<void>;
}

/** Opens an empty world: nobody in it, nothing in the metastore. */
export function openWorld(options: {
  seed: string;
  timeZone: string;
  log: Log;
  /** The policy the workspace is bound to at first. Default: nothing is allowed. */
  networkPolicy?: NetworkPolicy;
}): World {
  const disposables = new Disposables();
  const clock = createClock();
  const ids = createIds(options.seed);
  const names = sandboxIds(options.seed, systemSecrets.hex(4));
  const store = disposables.use(
    openStore({
      migrations: [
        ...identityMigrations,
        ...policyMigrations,
        ...sqlMigrations,
        ...storageMigrations,
        ...secretMigrations,
        ...networkPolicyMigrations,
        ...families.flatMap((family) => family.migrations ?? []),
      ],
    }),
  );
  const outside = disposables.use(openStore({ migrations: outsideMigrations }));
  const journal = createJournal(clock, () => store.epoch);
  const identity = createIdentity({
    store,
    outside,
    clock,
    ids,
    secrets: systemSecrets,
    journal,
    log: options.log,
    workspaceId: names.workspace,
    accountId: names.account,
    sandboxId: names.sandbox,
  });
  const policy = createPolicy({
    store,
    journal,
    groupsOf: (name) =>
      identity.directory.find(name)?.groups ?? groupsContaining(identity.directory.groups(), name),
    principalExists: (name) =>
      identity.directory.find(name)?.name.toLowerCase() === name.toLowerCase() ||
      identity.directory.groups().some((group) => group.name === name),
  });
  const engine = disposables.use(createEngine());
  const storage = createStorage({ store, clock });
  const catalog = createCatalog({
    store,
    clock,
    onSegmentUnused: (id) => engine.dropSegment(id),
    onVolumesGone: (name) => storage.forget(name),
  });
  const volumes = createVolumeFiles({
    catalog,
    policy,
    storage,
    clock,
    secrets: systemSecrets,
    active: (name) => identity.directory.find(name)?.active === true,
  });
  const warehouse = createWarehouse({ catalog, policy, journal, clock, ids, log: options.log, engine });
  disposables.use(warehouse);
  return {
    clock,
    ids,
    sandboxIds: names,
    journal,
    store,
    identity,
    policy,
    warehouse,
    metastore: catalog,
    volumes,
    secrets: createSecretStore(store),
    images: createImages(store, [catalog, storage]),
    networkPolicies: createNetworkPolicies({
      store,
      accountId: names.account,
      workspaceId: names.workspace,
      configured: options.networkPolicy ?? presetPolicy('deny_all', []),
    }),
    timeZone: options.timeZone,
    close: () => disposables.dispose(),
  };
}
