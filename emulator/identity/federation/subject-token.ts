import type { JWK } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../core/index.ts';
import type { FederationPolicy } from '../service.ts';
import { keysOf } from './keys.ts';

/** Only these (docs: token federation policy). Whatever else a header asks for is refused. */
const algorithms = ['RS256', 'ES256'] as const;
const longestToken = 16_384;

const claimsSchema = z.looseObject({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  nbf: z.number().optional(),
});
export type SubjectClaims = z.output<typeof claimsSchema>;

/** The policy a token of somebody else's issuer fits, with the value of its subject claim; else why it fits none. */
export type Match = { policy: FederationPolicy; subject: string } | { problem: string };

/**
 * Claims as the token states them, not verified yet. Undefined for what is no JWT or lacks `iss`, `aud` or `exp`.
 */
export function readSubjectToken(token: string): SubjectClaims | undefined {
  const [, body, , ...rest] = token.split('.');
  if (token.length > longestToken || !body || rest.length > 0) return undefined;
  try {
    return claimsSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

/**
 * The first policy that trusts the token: issuer, audience, subject, time, then signature. Its issuer lives outside
 * the sandbox, so the token ends on the wall clock; it begins on either, whichever is further.
 */
export async function matchPolicy(
  parts: { clock: Clock; accountId: string },
  policies: readonly FederationPolicy[],
  token: string,
  claims: SubjectClaims,
): Promise<Match> {
  const audiences = [claims.aud].flat();
  const ofIssuer = policies.filter(({ oidc }) => oidc.issuer === claims.iss);
  if (ofIssuer.length === 0) return { problem: 'no federation policy matches its issuer' };
  const ofAudience = ofIssuer.filter(({ oidc }) =>
    (oidc.audiences.length > 0 ? oidc.audiences : [parts.accountId]).some((one) => audiences.includes(one)),
  );
  if (ofAudience.length === 0) return { problem: 'no federation policy of its issuer matches its audience' };
  const ofSubject = ofAudience.flatMap((policy) => {
    const subject = subjectOf(claims, policy.oidc.subjectClaim);
    const fits = subject !== undefined && (policy.oidc.subject ?? subject) === subject;
    return fits ? [{ policy, subject }] : [];
  });
  if (ofSubject.length === 0) {
    return { problem: 'no federation policy of its issuer and audience matches its subject' };
  }
  if (claims.exp * 1000 <= parts.clock.wall()) return { problem: 'it has expired' };
  if (claims.nbf !== undefined && claims.nbf * 1000 > parts.clock.now())
    return { problem: 'it is not valid yet' };
  let problem = '';
  for (const match of ofSubject) {
    const refusal = await signatureProblem(match.policy, token);
    if (refusal === undefined) return match;
    problem ||= refusal;
  }
  return { problem };
}

/** A claim by its name; only what the token itself carries, and only text. */
function subjectOf(claims: SubjectClaims, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

async function signatureProblem(policy: FederationPolicy, token: string): Promise<string | undefined> {
  const found = await keysOf(policy.oidc);
  if ('problem' in found)
    return `the keys of federation policy ${policy.policyId} are missing: ${found.problem}`;
  const header = headerOf(token);
  if (!header) return 'it is not signed with RS256 or ES256';
  const { alg, kid } = header;
  const candidates = found.keys.filter((key) => fits(key, alg, kid));
  if (candidates.length === 0) return `none of the keys of federation policy ${policy.policyId} signed it`;
  const { compactVerify, importJWK } = await import('jose');
  for (const jwk of candidates) {
    try {
      await compactVerify(token, await importJWK(jwk, alg), { algorithms: [...algorithms] });
      return undefined;
    } catch {
      // Another key of the set may be the one.
    }
  }
  return 'its signature does not fit';
}

const headerSchema = z.object({ alg: z.enum(algorithms), kid: z.string().optional() });

function headerOf(token: string): z.output<typeof headerSchema> | undefined {
  try {
    const head = token.slice(0, token.indexOf('.'));
    return headerSchema.safeParse(JSON.parse(Buffer.from(head, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

function fits(key: JWK, alg: string, kid: string | undefined): boolean {
  const kind = alg === 'RS256' ? key.kty === 'RSA' : key.kty === 'EC' && key.crv === 'P-256';
  return (
    kind &&
    (key.alg === undefined || key.alg === alg) &&
    (key.use === undefined || key.use === 'sig') &&
    (kid === undefined || key.kid === undefined || key.kid === kid)
  );
}
