import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';
import { common, inAccount, policiesFor, root } from './account.ts';

const path = `${root}/workspaces/{workspace_id}/network`;
const ofWorkspace = inAccount.extend({ workspace_id: z.coerce.string() });

const shown = (workspace: string, policy: string) => ({
  network_policy_id: policy,
  workspace_id: Number(workspace),
});

/** Which policy a workspace is bound to; exactly one (docs). */
export const bindingOperations = [
  defineOperation({
    ...common,
    id: 'workspace_network_configuration.get_workspace_network_option_rpc',
    method: 'GET',
    path,
    request: ofWorkspace,
    handle: ({ input, caller, services }) =>
      shown(input.workspace_id, policiesFor(input, caller, services).binding(input.workspace_id)),
  }),
  defineOperation({
    ...common,
    id: 'workspace_network_configuration.update_workspace_network_option_rpc',
    method: 'PUT',
    path,
    request: ofWorkspace.extend({ network_policy_id: z.string() }),
    handle({ input, caller, services }) {
      policiesFor(input, caller, services).bind(input.workspace_id, input.network_policy_id);
      return shown(input.workspace_id, input.network_policy_id);
    },
  }),
];
