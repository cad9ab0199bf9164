import { principalKey } from '../../../emulator/policy/index.ts';
import type { CellValue } from '../contract.ts';
import { type CommandResult, columnsOf, type Invocation, type Of, type Parts } from './context.ts';
import { locate } from './securable.ts';

/** GRANT and REVOKE: for the owner, holders of MANAGE, owners of containers and metastore admins. */
export function changeGrants(
  parts: Parts,
  statement: Of<'grant' | 'revoke'>,
  { caller, session }: Invocation,
): void {
  const { policy, resolver } = parts;
  const { ref } = locate(parts, statement, caller, session);
  resolver.require(caller, ref.kind === 'METASTORE' ? 'OWNERSHIP' : 'MANAGE', ref);
  for (const privilege of statement.privileges) {
    const grant = { principal: statement.principal, privilege, securable: ref };
    if (statement.kind === 'grant') policy.grants.grant(grant);
    else policy.grants.revoke(grant);
  }
}

/** Inherited grants name the container they sit on. Without MANAGE one sees one's own and those of one's groups. */
export function showGrants(
  parts: Parts,
  statement: Of<'show_grants'>,
  { caller, session }: Invocation,
): CommandResult {
  const { policy, resolver } = parts;
  const { ref } = locate(parts, statement, caller, session);
  const manages = policy.authorizer.checkPrincipal(
    caller.principal,
    ref.kind === 'METASTORE' ? 'OWNERSHIP' : 'MANAGE',
    ref,
  ).allow;
  if (!manages && ref.kind !== 'METASTORE' && !policy.authorizer.visible(caller, ref)) {
    resolver.require(caller, 'MANAGE', ref);
  }
  const { principal } = caller;
  const own = new Set([principal.name, ...principal.groups, 'account users'].map(principalKey));
  const rows = policy.grants
    .on(ref, {
      inherited: true,
      ...(statement.principal === null ? {} : { principal: statement.principal }),
    })
    .filter((grant) => manages || own.has(principalKey(grant.principal)))
    .map((grant): CellValue[] => [
      grant.principal,
      grant.privilege,
      grant.securable.kind,
      grant.securable.name,
    ]);
  return { columns: columnsOf('Principal', 'ActionType', 'ObjectType', 'ObjectKey'), rows, session };
}
