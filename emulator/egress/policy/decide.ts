import { isIP } from 'node:net';
import type { Explanation } from '../../core/index.ts';
import { isDatabricksName, isLoopback, matchesHost, normalizeHost } from './hosts.ts';
import type { NetworkPolicy, Product, StorageDestination } from './schema.ts';

export type Verdict = 'allowed' | 'denied' | 'dry_run_denied';

export interface EgressDecision {
  verdict: Verdict;
  /** The destination is the sandbox's own: the workspace, or another app. */
  platform: boolean;
  /** What decided, as one line. */
  rule: string;
  explanation?: Explanation;
}

/** Answers for one destination. `port` may be null when only a name is asked for. */
export type Decide = (host: string, port: number | null, product?: Product) => EgressDecision;

/**
 * Makes the decision function of a policy. Order: the sandbox's own origins, loopback, Databricks names, the
 * block list (wins in every mode), then the restriction mode. A filter by name is what the platform has
 * (docs: manage-network-policies), so an address is never on the list.
 */
export function createDecide(policy: NetworkPolicy, platformOrigins: () => readonly string[]): Decide {
  const access = policy.egress.network_access;
  const id = policy.network_policy_id;
  const storage = access.allowed_storage_destinations.map(storageMatcher);

  const refusal = (product: Product): Verdict => {
    const { enforcement_mode, dry_run_mode_product_filter: filter } = access.policy_enforcement;
    if (enforcement_mode !== 'DRY_RUN') return 'denied';
    const covered = filter.length === 0 || filter.some((name) => name === product);
    return covered ? 'dry_run_denied' : 'denied';
  };

  return (given, port, product = 'Apps') => {
    const host = normalizeHost(given);
    if (isPlatform(platformOrigins(), host, port)) {
      return { verdict: 'allowed', platform: true, rule: 'address of this sandbox' };
    }
    if (isLoopback(host))
      return deny('denied', 'loopback ports of the machine are not the sandbox', loopbackFix);
    if (isDatabricksName(host)) {
      return deny('denied', 'a Databricks name is never reached from a sandbox', databricksFix);
    }
    if (host === canaryName)
      return deny('denied', 'the canary of strict mode is denied by every policy', canaryFix);
    const blocked = access.blocked_internet_destinations.find((entry) =>
      matchesHost(entry.destination, host),
    );
    if (blocked) {
      return deny(
        'denied',
        `${id}: blocked_internet_destinations has ${blocked.destination}`,
        blockedFix(host),
      );
    }
    if (access.restriction_mode === 'FULL_ACCESS') return allow(`${id}: FULL_ACCESS`);
    const named = access.allowed_internet_destinations.find((entry) => matchesHost(entry.destination, host));
    if (named) return allow(`${id}: allowed_internet_destinations has ${named.destination}`);
    if (storage.some((matches) => matches(host))) return allow(`${id}: allowed_storage_destinations`);
    return deny(refusal(product), `${id}: RESTRICTED_ACCESS, ${host} is not on the list`, declareFix(host));
  };
}

/**
 * The name a strict namespace asks for before its app starts, to prove that denials are in force. It must fail
 * under FULL_ACCESS and in a dry run too; names below `.invalid` never exist (RFC 2606).
 */
const canaryName = 'egress-canary.invalid';
const canaryFix = 'Call another host: this name exists nowhere.';

function allow(rule: string): EgressDecision {
  return { verdict: 'allowed', platform: false, rule };
}

function deny(verdict: Verdict, rule: string, fix: string): EgressDecision {
  return { verdict, platform: false, rule, explanation: { rule, fix } };
}

const loopbackFix =
  'Reach the workspace and other apps by the addresses in the environment; anything else the app needs must be part of the app.';
const databricksFix =
  'Use the host of DATABRICKS_HOST. If the name comes from a setting of the app, point that setting at the sandbox.';
const blockedFix = (host: string) => `Take ${host} from the block list of the policy, or do not call it.`;

function declareFix(host: string): string {
  return isIP(host) === 0
    ? `If the app needs it, declare it: add \`${host}: { stub: <folder> }\` under egress.allowed, and list it as a required domain of the app.`
    : 'Call the destination by its name and declare the name; the platform allows names, not addresses.';
}

function isPlatform(origins: readonly string[], host: string, port: number | null): boolean {
  return origins.some((origin) => {
    const url = new URL(origin);
    const originPort = url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
    if (normalizeHost(url.hostname) !== host) return false;
    return port === originPort || (port === null && !isLoopback(host));
  });
}

/** Host names of a storage destination (assumed: the forms the clouds' own SDKs use). */
function storageMatcher(entry: StorageDestination): (host: string) => boolean {
  switch (entry.storage_destination_type) {
    case 'AWS_S3': {
      const bucket = entry.bucket_name.toLowerCase();
      const tail = entry.region ? `.s3.${entry.region}.amazonaws.com` : '.s3.amazonaws.com';
      return (host) => host === `${bucket}${tail}` || host === `${bucket}.s3.amazonaws.com`;
    }
    case 'AZURE_STORAGE': {
      const name =
        `${entry.azure_storage_account}.${entry.azure_storage_service}.core.windows.net`.toLowerCase();
      return (host) => host === name;
    }
    case 'GOOGLE_CLOUD_STORAGE': {
      const name = `${entry.bucket_name.toLowerCase()}.storage.googleapis.com`;
      return (host) => host === name;
    }
  }
}
