import { z } from 'zod';
import { ApiError } from '../../../emulator/core/index.ts';
import type { FederationPolicy, OidcFederation } from '../../../emulator/identity/index.ts';

/** Body of create and update; fields the platform sets are ignored. */
export const policyBody = z.object({
  description: z.string().optional(),
  oidc_policy: z
    .object({
      issuer: z.string().optional(),
      audiences: z.array(z.string()).optional(),
      subject: z.string().optional(),
      subject_claim: z.string().optional(),
      jwks_json: z.string().optional(),
      jwks_uri: z.string().optional(),
    })
    .optional(),
});
type Body = z.output<typeof policyBody>;

/** The platform's name of each field, and ours. */
const fields = {
  issuer: 'issuer',
  audiences: 'audiences',
  subject: 'subject',
  subject_claim: 'subjectClaim',
  jwks_json: 'jwksJson',
  jwks_uri: 'jwksUri',
} as const satisfies Record<string, keyof OidcFederation>;
type Field = keyof typeof fields;
const fieldNames: readonly Field[] = [
  'issuer',
  'audiences',
  'subject',
  'subject_claim',
  'jwks_json',
  'jwks_uri',
];

/** A whole policy from a body; what is missing has its default. @throws ApiError 400 without `oidc_policy` */
export function oidcOf(body: Body): OidcFederation {
  const oidc = body.oidc_policy;
  if (!oidc) throw new ApiError(400, 'INVALID_PARAMETER_VALUE', 'oidc_policy must be set.');
  return {
    issuer: oidc.issuer ?? '',
    audiences: oidc.audiences ?? [],
    subject: oidc.subject || null,
    subjectClaim: oidc.subject_claim || 'sub',
    jwksJson: oidc.jwks_json || null,
    jwksUri: oidc.jwks_uri || null,
  };
}

/**
 * What an update changes (docs: `update_mask`). A field the mask names and the body lacks goes back to its default;
 * without a mask, or with `*`, every field of the body counts.
 * @throws ApiError 400 for a mask that names something else
 */
export function changeOf(
  body: Body,
  mask: string | undefined,
): { description?: string; oidc?: Partial<OidcFederation> } {
  const paths = (mask ?? '').split(',').flatMap((path) => path.trim() || []);
  const all = paths.length === 0 || paths.includes('*');
  const whole = oidcOf({ oidc_policy: body.oidc_policy ?? {} });
  const wanted = (field: Field) =>
    all
      ? body.oidc_policy?.[field] !== undefined
      : paths.includes('oidc_policy') || paths.includes(`oidc_policy.${field}`);
  const known = ['*', 'description', 'oidc_policy', ...fieldNames.map((field) => `oidc_policy.${field}`)];
  const unknown = paths.find((path) => !known.includes(path));
  if (unknown !== undefined) {
    throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `update_mask names an unknown field: ${unknown}.`);
  }
  const describe = all ? body.description !== undefined : paths.includes('description');
  return {
    ...(describe ? { description: body.description ?? '' } : {}),
    oidc: Object.fromEntries(fieldNames.filter(wanted).map((field) => [fields[field], whole[fields[field]]])),
  };
}

/** A policy as the API shows it. */
export function shown(policy: FederationPolicy, accountId: string): object {
  const { oidc, servicePrincipalId: owner } = policy;
  const parent = owner === null ? '' : `/servicePrincipals/${owner}`;
  return {
    name: `accounts/${accountId}${parent}/federationPolicies/${policy.policyId}`,
    uid: policy.uid,
    policy_id: policy.policyId,
    ...(owner === null ? {} : { service_principal_id: Number(owner) }),
    description: policy.description,
    oidc_policy: {
      issuer: oidc.issuer,
      ...(oidc.audiences.length > 0 ? { audiences: oidc.audiences } : {}),
      ...(oidc.subject === null ? {} : { subject: oidc.subject }),
      subject_claim: oidc.subjectClaim,
      ...(oidc.jwksJson === null ? {} : { jwks_json: oidc.jwksJson }),
      ...(oidc.jwksUri === null ? {} : { jwks_uri: oidc.jwksUri }),
    },
    create_time: new Date(policy.createdAt).toISOString(),
    update_time: new Date(policy.updatedAt).toISOString(),
  };
}
