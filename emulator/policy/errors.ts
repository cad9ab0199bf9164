import { SqlError } from '../core/index.ts';
import type { Decision, Privilege, SecurableRef } from './contract.ts';
import { describe, quoteWhereNeeded } from './names.ts';

/** A denial as the authorizer gives it. */
export type Denial = Extract<Decision, { allow: false }>;

/** The platform's sentence for a denial, the same in SQL and REST: `User does not have SELECT on Table 'c.s.t'.` */
export function denialSentence({ missing }: Denial): string {
  const what =
    missing.privilege === 'OWNERSHIP' ? 'is not an owner of' : `does not have ${missing.privilege} on`;
  return `User ${what} ${describe(missing.securable)}.`;
}

/** INSUFFICIENT_PERMISSIONS in the text of a SQL warehouse (field: live messages). */
export function insufficientPermissions(denial: Denial): SqlError {
  return new SqlError(
    'INSUFFICIENT_PERMISSIONS',
    '42501',
    `Insufficient privileges:\n${denialSentence(denial)}`,
    denial.explanation,
  );
}

/** Assumed text: the exact sentence of the platform is not known. */
export function principalDoesNotExist(name: string): SqlError {
  return new SqlError('PRINCIPAL_DOES_NOT_EXIST', '42704', `Could not find principal with name ${name}.`, {
    rule: `there is no user, service principal or group named ${name}`,
    fix: `Add ${quoteWhereNeeded(name)} to the personas, service principals or groups of brickbox.yaml, or correct the name. A service principal is named by its application id.`,
  });
}

/** Field: the sentence terraform and dbt users meet; SQLSTATE assumed. */
export function notApplicable(privilege: Privilege, ref: SecurableRef): SqlError {
  return new SqlError(
    'INVALID_PARAMETER_VALUE',
    '22023',
    `Privilege ${privilege} is not applicable to this entity [${ref.name}:${ref.kind}]. If this seems unexpected, please check the privilege version of the metastore in use [1.0].`,
    {
      rule: `${privilege} cannot be granted on a ${ref.kind.toLowerCase()}`,
      fix: 'Grant it on a securable of the right kind (docs: Unity Catalog privileges reference).',
    },
  );
}

/** Assumed text. */
export function unknownPrivilege(privilege: Privilege): SqlError {
  return new SqlError(
    'INVALID_PARAMETER_VALUE',
    '22023',
    `Privilege ${privilege} is not a valid privilege.`,
    {
      rule: 'the list of privileges is closed',
      fix: 'Correct the name of the privilege (docs: Unity Catalog privileges reference).',
    },
  );
}

/** Grants on what the platform provides are refused (docs: samples catalog, information_schema). Text assumed. */
export function notGrantable(ref: SecurableRef): SqlError {
  return new SqlError(
    'INVALID_PARAMETER_VALUE',
    '22023',
    `Privileges on ${describe(ref)} are managed by the system and cannot be changed.`,
    {
      rule: `${describe(ref)} belongs to the platform`,
      fix: 'Grant on a catalog, schema or object of your own.',
    },
  );
}
