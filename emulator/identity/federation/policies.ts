import { ApiError, type Clock, type Ids } from '../../core/index.ts';
import type { Store } from '../../state/index.ts';
import { stringList } from '../rows.ts';
import type { FederationPolicies, FederationPolicy, OidcFederation } from '../service.ts';
import { checkKeySet } from './keys.ts';

interface Row {
  uid: string;
  policy_id: string;
  principal_id: string | null;
  description: string;
  issuer: string;
  audiences: string;
  subject: string | null;
  subject_claim: string;
  jwks_json: string | null;
  jwks_uri: string | null;
  created_at: number;
  updated_at: number;
}

const policyIdForm = /^[a-z0-9/-]{1,128}$/;

/**
 * Federation policies of the account and of service principals, kept in the world (docs: OAuth token federation
 * policies; code: databricks-sdk-py service/oauth2.py).
 */
export function createFederationPolicies(parts: {
  store: Store;
  ids: Ids;
  clock: Clock;
}): FederationPolicies {
  const { store, ids, clock } = parts;

  const find = (owner: string | null, policyId: string): Row | undefined =>
    store.get<Row>(
      `SELECT * FROM identity_federation_policies WHERE COALESCE(principal_id, '') = ? AND policy_id = ?`,
      owner ?? '',
      policyId,
    );
  const need = (owner: string | null, policyId: string): Row => {
    const row = find(owner, policyId);
    if (row) return row;
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Federation policy ${policyId} does not exist.`);
  };
  const freshUid = (): string => {
    for (;;) {
      const uid = ids.uuid('federation_policy');
      if (!store.get('SELECT 1 FROM identity_federation_policies WHERE uid = ?', uid)) return uid;
    }
  };
  const write = (policy: FederationPolicy): FederationPolicy => {
    const { oidc } = policy;
    store.run(
      `INSERT INTO identity_federation_policies (uid, policy_id, principal_id, description, issuer, audiences,
         subject, subject_claim, jwks_json, jwks_uri, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (uid) DO UPDATE SET description = excluded.description, issuer = excluded.issuer,
         audiences = excluded.audiences, subject = excluded.subject, subject_claim = excluded.subject_claim,
         jwks_json = excluded.jwks_json, jwks_uri = excluded.jwks_uri, updated_at = excluded.updated_at`,
      policy.uid,
      policy.policyId,
      policy.servicePrincipalId,
      policy.description,
      oidc.issuer,
      JSON.stringify(oidc.audiences),
      oidc.subject,
      oidc.subjectClaim,
      oidc.jwksJson,
      oidc.jwksUri,
      policy.createdAt,
      policy.updatedAt,
    );
    return policy;
  };

  return {
    list: (owner) =>
      store
        .all<Row>(
          `SELECT * FROM identity_federation_policies WHERE COALESCE(principal_id, '') = ? ORDER BY rowid`,
          owner ?? '',
        )
        .map(toPolicy),
    get: (owner, policyId) => toPolicy(need(owner, policyId)),
    create(owner, { policyId, description = '', oidc }) {
      const uid = freshUid();
      const id = policyId ?? uid;
      if (!policyIdForm.test(id)) {
        throw invalid(`policy_id may hold lower-case letters, digits, hyphens and slashes, got ${id}.`);
      }
      if (find(owner, id)) {
        throw new ApiError(409, 'ALREADY_EXISTS', `Federation policy ${id} already exists.`);
      }
      check(owner, oidc);
      const now = clock.now();
      return write({
        uid,
        policyId: id,
        servicePrincipalId: owner,
        description,
        oidc,
        createdAt: now,
        updatedAt: now,
      });
    },
    update(owner, policyId, change) {
      const known = toPolicy(need(owner, policyId));
      const oidc = { ...known.oidc, ...change.oidc };
      check(owner, oidc);
      return write({
        ...known,
        description: change.description ?? known.description,
        oidc,
        updatedAt: clock.now(),
      });
    },
    remove(owner, policyId) {
      store.run('DELETE FROM identity_federation_policies WHERE uid = ?', need(owner, policyId).uid);
    },
  };
}

/** What the platform asks of a policy (docs: fields of OidcFederationPolicy). Texts are assumed. */
function check(owner: string | null, oidc: OidcFederation): void {
  if (oidc.issuer === '') throw invalid('oidc_policy.issuer must be set.');
  if (!URL.canParse(oidc.issuer)) throw invalid('oidc_policy.issuer must be a URL.');
  if (owner !== null && !oidc.subject) {
    throw invalid('oidc_policy.subject must be set in a service principal federation policy.');
  }
  if (owner === null && oidc.subject !== null) {
    throw invalid('oidc_policy.subject must not be set in an account federation policy.');
  }
  if (oidc.audiences.some((audience) => audience === '')) {
    throw invalid('oidc_policy.audiences must not hold an empty audience.');
  }
  if (oidc.subjectClaim === '') throw invalid('oidc_policy.subject_claim must not be empty.');
  if (oidc.jwksUri !== null && !URL.canParse(oidc.jwksUri)) {
    throw invalid('oidc_policy.jwks_uri must be a URL.');
  }
  const problem = oidc.jwksJson === null ? undefined : checkKeySet(oidc.jwksJson);
  if (problem !== undefined) throw invalid(`oidc_policy.jwks_json ${problem}.`);
}

function toPolicy(row: Row): FederationPolicy {
  return {
    uid: row.uid,
    policyId: row.policy_id,
    servicePrincipalId: row.principal_id,
    description: row.description,
    oidc: {
      issuer: row.issuer,
      audiences: stringList(row.audiences),
      subject: row.subject,
      subjectClaim: row.subject_claim,
      jwksJson: row.jwks_json,
      jwksUri: row.jwks_uri,
    },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
}
