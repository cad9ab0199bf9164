/**
 * Stand-ins for unit tests of the workspace and its families: they implement the contracts over plain maps, so that
 * a test says in one line who calls and what is allowed. Client and journey tests use the real parts instead.
 */
import {
  ApiError,
  createClock,
  createIds,
  type Log,
  SqlError,
  systemSecrets,
} from '../../emulator/core/index.ts';
import { createFaults } from '../../emulator/faults/index.ts';
import type { Caller, Identity, Principal, ServicePrincipal, User } from '../../emulator/identity/index.ts';
import { createJournal } from '../../emulator/journal/index.ts';
import {
  createPolicy,
  groupsContaining,
  type Policy,
  policyMigrations,
} from '../../emulator/policy/index.ts';
import { openStore } from '../../emulator/state/index.ts';
import { createResultLinks, type Protocols } from '../../sdk-mocks/protocols/index.ts';
import {
  createCatalog,
  createVolumeFiles,
  type StatementRequest,
  type StatementResult,
  sqlMigrations,
  type Warehouse,
} from '../../sdk-mocks/sql/index.ts';
import { createStorage, storageMigrations } from '../../sdk-mocks/storage/index.ts';
import {
  createWorkspace,
  type Family,
  type HostServices,
  type Workspace,
  type WorkspaceSettings,
} from '../../sdk-mocks/workspace/index.ts';

export const warehouseId = '0123456789abcdef';

const user = (id: string, name: string, groups: string[]): User => ({
  kind: 'user',
  id,
  name,
  displayName: `${name[0]?.toUpperCase()}${name.slice(1, name.indexOf('@'))} Silva`,
  active: true,
  groups,
  entitlements: ['workspace-access'],
});

export const admin = user('1001', 'admin@acme.test', ['admins', 'users']);
export const ana = user('1002', 'ana@acme.test', ['emea', 'users']);
export const bob = user('1003', 'bob@acme.test', ['users']);
export const robot: ServicePrincipal = {
  kind: 'service_principal',
  id: '2001',
  name: '6f1d2c3b-0000-4000-8000-000000000001',
  displayName: 'app-orders',
  active: true,
  groups: ['users'],
  entitlements: [],
  app: 'orders',
};

const notHere = () => {
  throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', 'There is no such network policy.');
};

export interface Fixture {
  origin: string;
  workspace: Workspace;
  services: HostServices;
  faults: ReturnType<typeof createFaults>;
  /** A bearer token for this caller; scopes default to `all-apis`. */
  token(principal: Principal, more?: Partial<Omit<Caller, 'principal'>>): string;
  /** `call(token, 'GET /api/…', body?)`: status, headers, and the body parsed when it is JSON. */
  call(
    token: string | undefined,
    line: string,
    body?: object | string,
  ): Promise<{ status: number; headers: Headers; body: unknown; text: string }>;
  logged: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startWorkspace(options: {
  families: readonly Family[];
  /** `principal privilege name` triples that are allowed, for example `ana@acme.test CAN_USE 0123456789abcdef`. */
  allow?: readonly string[];
  /** The real policy over the fake people, for what depends on grants; `allow` then says nothing. */
  realPolicy?: boolean;
  execute?: (request: StatementRequest) => Promise<Partial<StatementResult>>;
  apps?: HostServices['ports']['apps'];
  wall?: () => number;
  settings?: Partial<WorkspaceSettings>;
  port?: number;
  /** Wire protocols over the stand-ins. */
  protocols?: (services: HostServices, faults: ReturnType<typeof createFaults>) => Protocols;
}): Promise<Fixture> {
  const clock = createClock(options.wall);
  const ids = createIds('unit');
  const store = openStore({
    migrations: [
      ...policyMigrations,
      ...sqlMigrations,
      ...storageMigrations,
      ...options.families.flatMap((family) => family.migrations ?? []),
    ],
  });
  const journal = createJournal(clock, () => store.epoch);
  const faults = createFaults();
  const { identity, callers } = fakeIdentity(clock.now);
  const logged: string[] = [];
  const log: Log = { info() {}, warn() {}, debug() {}, error: (line) => void logged.push(line) };
  const storage = createStorage({ store, clock });
  const metastore = createCatalog({ store, clock, onVolumesGone: (name) => storage.forget(name) });
  const policy = options.realPolicy
    ? createPolicy({
        store,
        journal,
        groupsOf: (name) =>
          identity.directory.find(name)?.groups ?? groupsContaining(identity.directory.groups(), name),
        principalExists: (name) =>
          identity.directory.find(name) !== undefined ||
          identity.directory.groups().some((group) => group.name === name),
      })
    : fakePolicy(new Set(options.allow ?? []));
  const links = createResultLinks({
    clock,
    secrets: systemSecrets,
    active: (owner) => identity.directory.find(owner)?.active === true,
  });
  const services: HostServices = {
    clock,
    ids,
    secrets: systemSecrets,
    log,
    store,
    journal,
    policy,
    warehouse: fakeWarehouse(options.execute),
    metastore,
    volumes: createVolumeFiles({
      catalog: metastore,
      policy,
      storage,
      clock,
      secrets: systemSecrets,
      active: (name) => identity.directory.find(name)?.active === true,
    }),
    ports: {
      identity,
      apps: options.apps ?? { list: () => [], stop: async () => {}, start: async () => {} },
      secrets: {
        get: () => undefined,
        put() {},
        remove() {},
        updatedAt: () => undefined,
        scopes: () => [],
        keys: () => [],
      },
      results: links,
      networkPolicies: {
        list: () => [],
        get: notHere,
        create: notHere,
        update: notHere,
        remove: notHere,
        binding: notHere,
        bind: notHere,
      },
      warehouses: {
        list: () => [{ id: warehouseId, name: 'Serverless Starter Warehouse', creator: admin.name }],
        session: () => ({ catalog: 'main', schema: 'default', timeZone: 'UTC' }),
      },
    },
  };
  const protocols = options.protocols?.(services, faults) ?? { handle: links.handle, clear: links.clear };
  const workspace = await createWorkspace({
    protocols,
    services,
    families: options.families,
    faults,
    ...(options.settings ? { settings: options.settings } : {}),
    ...(options.port === undefined ? {} : { port: options.port }),
  });

  return {
    origin: workspace.origin,
    workspace,
    services,
    faults,
    logged,
    token(principal, more = {}) {
      const token = `token-${callers.size + 1}`;
      callers.set(token, {
        principal,
        how: 'u2m',
        app: null,
        clientId: 'unit',
        scopes: ['all-apis'],
        tokenId: `id-of-${token}`,
        exchange: null,
        session: null,
        ...more,
      });
      return token;
    },
    async call(token, line, body) {
      const [method = '', path = ''] = line.split(' ');
      const response = await fetch(workspace.origin + path, {
        method,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json');
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: json && text ? JSON.parse(text) : undefined,
      };
    },
    async [Symbol.asyncDispose]() {
      protocols.clear();
      await workspace.close();
      store.close();
    },
  };
}

function fakeIdentity(now: () => number): { identity: Identity; callers: Map<string, Caller> } {
  const callers = new Map<string, Caller>();
  const principals: Principal[] = [admin, ana, bob, robot];
  let pats = 0;
  const groups = () =>
    ['admins', 'emea', 'users'].map((name, index) => ({
      id: String(3001 + index),
      name,
      members: principals.filter((one) => one.groups.includes(name)).map((one) => one.name),
    }));
  const unused = (): never => {
    throw new Error('not part of this stand-in');
  };
  const identity: Identity = {
    builtInClients: [],
    integrations: {
      list: unused,
      get: unused,
      create: unused,
      update: unused,
      remove: unused,
      policyOf: unused,
      published: { list: unused, put: unused, remove: unused },
    },
    federation: { list: unused, get: unused, create: unused, update: unused, remove: unused },
    workspaceId: '7474656789012345',
    accountId: '11111111-2222-4333-8444-555555555555',
    directory: {
      find: (name) => principals.find((one) => one.name === name || one.id === name),
      users: () => principals.filter((one) => one.kind === 'user'),
      servicePrincipals: () => principals.filter((one) => one.kind === 'service_principal'),
      groups,
      personas: () => [],
      addUser: unused,
      addServicePrincipal: unused,
      addGroup: unused,
      servicePrincipalOf: unused,
      membersOf: unused,
      memberships: unused,
      removeGroup: unused,
      addMember: unused,
      removeMember: unused,
      removeUser: unused,
      setDisplayName: unused,
      setEntitlements: unused,
      removeServicePrincipal: unused,
      setActive: unused,
    },
    tokens: {
      mint: unused,
      async verify(token) {
        if (token === undefined) {
          const message = 'Credential was not sent or was of an unsupported type for this API.';
          throw new ApiError(401, 401, message);
        }
        const caller = callers.get(token);
        if (!caller) throw new ApiError(403, 403, 'Invalid access token.');
        return caller;
      },
      createPat({ principal, lifetime, scopes }) {
        pats += 1;
        const token = `dapi-unit-${pats}`;
        const tokenId = `pat-${pats}`;
        callers.set(token, {
          principal,
          how: 'pat',
          app: null,
          clientId: null,
          scopes: scopes ?? ['all-apis'],
          tokenId,
          exchange: null,
          session: null,
        });
        return { token, tokenId, expiresAt: lifetime === undefined ? null : now() + lifetime * 1000 };
      },
      revoke(tokenId) {
        for (const [token, caller] of callers) if (caller.tokenId === tokenId) callers.delete(token);
      },
      pats: unused,
      revokeSession: unused,
      endSession: unused,
      facts: () => undefined,
      expireCachedAppTokens: unused,
      secrets: unused,
      createSecret: unused,
      deleteSecret: unused,
    },
    consents: { get: () => undefined, grant() {}, revoke() {} },
    registerApp: unused,
    unregisterApp: unused,
    addOrigin: unused,
    async handle(req, res) {
      if (!req.url?.startsWith('/oidc/')) return false;
      res.end('identity answered');
      return true;
    },
    redeem: unused,
    signIn: unused,
  };
  return { identity, callers };
}

function fakePolicy(allow: ReadonlySet<string>): Policy {
  const unused = (): never => {
    throw new Error('not part of this stand-in');
  };
  const allowed = (name: string, privilege: string, on: string) => allow.has(`${name} ${privilege} ${on}`);
  return {
    version: 0,
    principalExists: unused,
    securables: {
      register: unused,
      unregister: unused,
      rename: unused,
      exists: unused,
      owner: unused,
      setOwner: unused,
    },
    grants: { grant: unused, revoke: unused, on: unused },
    permissions: { set: unused, add: unused, remove: unused, get: () => [] },
    authorizer: {
      check(caller, privilege, ref) {
        if (allowed(caller.principal.name, privilege, ref.name)) return { allow: true, reason: 'granted' };
        return {
          allow: false,
          reason: `${caller.principal.name} does not have ${privilege} on ${ref.kind} ${ref.name}.`,
          missing: { privilege, securable: ref },
          explanation: { who: `user ${caller.principal.name}`, rule: privilege, fix: `Give ${privilege}.` },
        };
      },
      checkPrincipal: unused,
      visible: (caller, ref) =>
        [...allow].some(
          (entry) => entry.startsWith(`${caller.principal.name} `) && entry.endsWith(` ${ref.name}`),
        ),
      isMetastoreAdmin: () => false,
    },
  };
}

function fakeWarehouse(
  execute: (request: StatementRequest) => Promise<Partial<StatementResult>> = failing,
): Warehouse {
  return {
    async execute(request) {
      const result = await execute(request);
      return {
        statementId: request.statementId ?? 'unknown',
        columns: [],
        rows: [],
        truncated: false,
        session: request.session,
        ...result,
      };
    },
    loadFile: () => Promise.reject(new Error('not part of this stand-in')),
    close: async () => {},
  };
}

async function failing(): Promise<never> {
  throw new SqlError('PARSE_SYNTAX_ERROR', '42601', "Syntax error at or near 'INSER'.");
}
