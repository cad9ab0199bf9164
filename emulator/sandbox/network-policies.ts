import { z } from 'zod';
import type { NetworkPoliciesPort } from '../../sdk-mocks/workspace/index.ts';
import { ApiError } from '../core/index.ts';
import { type NetworkPolicy, networkPolicySchema, policyRefusals } from '../egress/index.ts';
import type { Migration, Store } from '../state/index.ts';

export const networkPolicyMigrations: readonly Migration[] = [
  {
    name: 'network-policies/1',
    sql: `CREATE TABLE network_policies (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
      CREATE TABLE network_binding (workspace_id TEXT PRIMARY KEY, policy_id TEXT NOT NULL) STRICT`,
  },
];

/** The account's network policies, and the one its workspace is bound to. Part of the world: a reset brings them back. */
export interface NetworkPolicies extends NetworkPoliciesPort {
  bound(): NetworkPolicy;
  /** Names of the workspace: no policy may have one as a destination. Grows as names become known. */
  readonly workspaceHosts: Set<string>;
}

const defaultId = 'default-policy';

/** @param configured the policy of brickbox.yaml, which the workspace is bound to at first */
export function createNetworkPolicies(options: {
  store: Store;
  accountId: string;
  workspaceId: string;
  configured: NetworkPolicy;
}): NetworkPolicies {
  const { store, accountId, workspaceId } = options;
  const workspaceHosts = new Set<string>();
  // Read at each attempt of an app: parsed once for each text.
  const parsed = new Map<string, NetworkPolicy>();
  const ofText = (body: string) => {
    const known = parsed.get(body) ?? networkPolicySchema.parse(JSON.parse(body));
    parsed.set(body, known);
    return known;
  };
  const find = (id: string) =>
    store.all<{ body: string }>('SELECT body FROM network_policies WHERE id = ?', id)[0]?.body;
  const existing = (id: string) => {
    const body = find(id);
    if (body === undefined) throw missing(id);
    return ofText(body);
  };
  const boundId = () =>
    store.all<{ policy_id: string }>(
      'SELECT policy_id FROM network_binding WHERE workspace_id = ?',
      workspaceId,
    )[0]?.policy_id ?? defaultId;
  const write = (policy: NetworkPolicy) => {
    const body = JSON.stringify({ ...policy, account_id: accountId });
    store.run(
      'INSERT OR REPLACE INTO network_policies (id, body) VALUES (?, ?)',
      policy.network_policy_id,
      body,
    );
    return ofText(body);
  };
  const bind = (id: string) => {
    store.run(
      'INSERT OR REPLACE INTO network_binding (workspace_id, policy_id) VALUES (?, ?)',
      workspaceId,
      id,
    );
  };
  const check = (given: unknown): NetworkPolicy => {
    const checked = networkPolicySchema.safeParse(given);
    if (!checked.success) throw invalid(z.prettifyError(checked.error));
    const [refusal] = policyRefusals(checked.data, { workspaceHosts: [...workspaceHosts] });
    if (refusal !== undefined) throw invalid(refusal);
    return checked.data;
  };

  // Every account has it; what it allows is not restricted until somebody edits it (docs: network policies).
  write(
    networkPolicySchema.parse({
      network_policy_id: defaultId,
      egress: { network_access: { restriction_mode: 'FULL_ACCESS' } },
    }),
  );
  write(options.configured);
  bind(options.configured.network_policy_id);

  return {
    workspaceHosts,
    bound: () => existing(boundId()),
    list: () =>
      store
        .all<{ body: string }>('SELECT body FROM network_policies ORDER BY id')
        .map(({ body }) => ofText(body)),
    get: existing,
    create(given) {
      const policy = check(given);
      if (find(policy.network_policy_id) !== undefined) {
        const message = `Network policy ${policy.network_policy_id} already exists.`;
        throw new ApiError(409, 'RESOURCE_ALREADY_EXISTS', message);
      }
      return write(policy);
    },
    update(id, given) {
      existing(id);
      return write(check({ ...given, network_policy_id: id }));
    },
    remove(id) {
      existing(id);
      if (id === defaultId) throw invalid(`The network policy ${defaultId} cannot be deleted.`);
      if (id === boundId()) {
        throw invalid(
          `The network policy ${id} cannot be deleted: it is attached to workspace ${workspaceId}.`,
        );
      }
      store.run('DELETE FROM network_policies WHERE id = ?', id);
    },
    binding(workspace) {
      if (workspace !== workspaceId) throw unknownWorkspace(workspace);
      return boundId();
    },
    bind(workspace, id) {
      if (workspace !== workspaceId) throw unknownWorkspace(workspace);
      existing(id);
      bind(id);
    },
  };
}

const missing = (id: string) =>
  new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Network policy ${id} does not exist.`);
const unknownWorkspace = (id: string) =>
  new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Workspace ${id} does not exist.`);
const invalid = (message: string) => new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
