import { z } from 'zod';

/**
 * The platform's network policy, word for word (code: databricks-sdk-py settings.py AccountNetworkPolicy;
 * docs: networking API, create-network-policy-rpc). What the sandbox does not use is stored and returned.
 */

const internetDestination = z.looseObject({
  destination: z.string().min(1),
  internet_destination_type: z.literal('DNS_NAME').default('DNS_NAME'),
});

const storageDestination = z.discriminatedUnion('storage_destination_type', [
  z.looseObject({
    storage_destination_type: z.literal('AWS_S3'),
    bucket_name: z.string().min(1),
    region: z.string().optional(),
  }),
  z.looseObject({
    storage_destination_type: z.literal('AZURE_STORAGE'),
    azure_storage_account: z.string().min(1),
    azure_storage_service: z.string().min(1),
  }),
  z.looseObject({
    storage_destination_type: z.literal('GOOGLE_CLOUD_STORAGE'),
    bucket_name: z.string().min(1),
  }),
]);

const policyEnforcement = z.looseObject({
  enforcement_mode: z.enum(['ENFORCED', 'DRY_RUN']).default('ENFORCED'),
  /** Empty: dry run for all products. Otherwise for these only, and everything else is enforced. */
  dry_run_mode_product_filter: z.array(z.enum(['DBSQL', 'ML_SERVING'])).default([]),
});

const networkAccess = z.looseObject({
  restriction_mode: z.enum(['FULL_ACCESS', 'RESTRICTED_ACCESS']),
  allowed_internet_destinations: z.array(internetDestination).max(100).default([]),
  blocked_internet_destinations: z.array(internetDestination).max(100).default([]),
  allowed_storage_destinations: z.array(storageDestination).max(100).default([]),
  allowed_databricks_destinations: z
    .array(z.looseObject({ workspace_ids: z.array(z.number().int()).default([]) }))
    .default([]),
  policy_enforcement: policyEnforcement.prefault({}),
});

export const networkPolicySchema = z.looseObject({
  network_policy_id: z
    .string()
    .regex(/^[a-zA-Z0-9_.-]{1,32}$/, '1 to 32 letters, digits, dots, underscores or hyphens'),
  account_id: z.string().optional(),
  egress: z.looseObject({ network_access: networkAccess }),
  ingress: z.looseObject({}).optional(),
  ingress_dry_run: z.looseObject({}).optional(),
});

export type NetworkPolicy = z.output<typeof networkPolicySchema>;
export type StorageDestination = z.output<typeof storageDestination>;
/** Products a policy tells apart. Apps are in no dry-run filter (code: databricks-sdk-py settings.py). */
export type Product = 'Apps' | 'DBSQL' | 'ML_SERVING';
