import { isIP } from 'node:net';
import { z } from 'zod';
import { BrickboxError } from '../../core/index.ts';
import { isValidHostname, normalizeHost } from './hosts.ts';
import { type NetworkPolicy, networkPolicySchema } from './schema.ts';

export interface ValidationOptions {
  /** Host names of this workspace: they cannot be destinations. */
  workspaceHosts?: readonly string[];
  /** Accept a leading `*.`, which the platform refuses. For the sandbox's own presets. */
  wildcards?: boolean;
}

/**
 * What the platform would refuse in a policy that has the right shape, in its words where they are known
 * (field: "not a valid hostname", "Workspace URL … not allowed as internet destination").
 */
export function policyRefusals(policy: NetworkPolicy, options: ValidationOptions = {}): string[] {
  const access = policy.egress.network_access;
  const own = new Set((options.workspaceHosts ?? []).map(normalizeHost));
  const refusals: string[] = [];
  for (const field of ['allowed_internet_destinations', 'blocked_internet_destinations'] as const) {
    for (const { destination } of access[field]) {
      const name = options.wildcards ? destination.replace(/^\*\./, '') : destination;
      if (!isValidHostname(name)) {
        refusals.push(`'${destination}' is not a valid hostname in \`${field}\`.`);
      } else if (own.has(normalizeHost(destination))) {
        refusals.push(`Workspace URL '${destination}' not allowed as internet destination: \`${field}\`.`);
      }
    }
  }
  return refusals;
}

/**
 * Reads a policy in the platform's JSON.
 * @throws BrickboxError EGRESS_POLICY_INVALID with every problem, one a line.
 */
export function parsePolicy(
  input: unknown,
  options: ValidationOptions & { from?: string } = {},
): NetworkPolicy {
  const where = options.from ? `The network policy in ${options.from}` : 'The network policy';
  const parsed = networkPolicySchema.safeParse(input);
  if (!parsed.success) {
    throw new BrickboxError(
      'EGRESS_POLICY_INVALID',
      `${where} is not valid:\n${z.prettifyError(parsed.error)}`,
      {
        fix: 'Compare it with the body of the network policies API; only `egress.network_access.restriction_mode` and `network_policy_id` are required.',
      },
    );
  }
  const refusals = policyRefusals(parsed.data, options);
  if (refusals.length > 0) {
    throw new BrickboxError('EGRESS_POLICY_INVALID', `${where} would be refused:\n${refusals.join('\n')}`, {
      fix: 'Destinations are bare host names, each written out: no wildcard, scheme, port, path or address.',
    });
  }
  return parsed.data;
}

/** Why a key of `egress.allowed` cannot be used, or undefined. */
export function declarationProblem(key: string): string | undefined {
  if (isIP(normalizeHost(key)) !== 0) return 'addresses cannot be declared, the platform knows names only';
  return isValidHostname(key.replace(/^\*\./, '')) ? undefined : 'it is not a bare host name';
}
