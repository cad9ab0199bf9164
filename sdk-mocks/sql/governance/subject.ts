import type { Caller } from '../../../emulator/policy/index.ts';
import type { SqlSession } from '../contract.ts';
import type { SessionValues } from '../dialect/index.ts';

/** What decides which rows a caller sees: the same text means the same rows for the same table version. */
export function subjectKey(caller: Caller, timeZone: string): string {
  const { principal } = caller;
  return JSON.stringify([principal.kind, principal.name, [...principal.groups].sort(), timeZone]);
}

/** Notes what binding found out about a statement. */
export interface Findings {
  usesTime: boolean;
  volatile: boolean;
}

/**
 * Session functions always describe the person who asks, also inside views and functions that run with their
 * owner's rights (docs: dynamic views; row filters).
 */
export function sessionValues(
  caller: Caller,
  session: SqlSession,
  findings: Findings,
  now: string,
): SessionValues {
  const groups = new Set(caller.principal.groups);
  return {
    user: caller.principal.name,
    catalog: session.catalog,
    schema: session.schema,
    timeZone: session.timeZone,
    metastore: 'brickbox:local:00000000-0000-4000-8000-000000000000',
    isAccountGroupMember: (group) => group === 'account users' || groups.has(group),
    isWorkspaceGroupMember: (group) => group === 'users' || groups.has(group),
    now() {
      findings.usesTime = true;
      return now;
    },
    volatile() {
      findings.volatile = true;
    },
  };
}
