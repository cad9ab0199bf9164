import type { SecurableKind } from './contract.ts';

/**
 * Permission levels of workspace objects, lowest first; a level includes those before it
 * (docs: access control lists; the enums of the official SDKs).
 */
const levels: Partial<Record<SecurableKind, readonly string[]>> = {
  APP: ['CAN_USE', 'CAN_MANAGE'],
  WAREHOUSE: ['CAN_VIEW', 'CAN_USE', 'CAN_MONITOR', 'CAN_MANAGE', 'IS_OWNER'],
  SECRET_SCOPE: ['READ', 'WRITE', 'MANAGE'],
  SERVING_ENDPOINT: ['CAN_VIEW', 'CAN_QUERY', 'CAN_MANAGE'],
  JOB: ['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'],
};

/** Levels of a kind, lowest first; empty for Unity Catalog securables. */
export function levelsOf(kind: SecurableKind): readonly string[] {
  return levels[kind] ?? [];
}

/** What workspace admins hold on every object of the kind: the management level. */
export function managementLevel(kind: SecurableKind): string {
  return kind === 'SECRET_SCOPE' ? 'MANAGE' : 'CAN_MANAGE';
}

/** What the registered owner holds. */
export function ownerLevel(kind: SecurableKind): string {
  return levelsOf(kind).at(-1) ?? managementLevel(kind);
}

/** True when holding `held` is enough for `wanted`. Unknown levels are never enough. */
export function includesLevel(kind: SecurableKind, held: string, wanted: string): boolean {
  const order = levelsOf(kind);
  const need = order.indexOf(wanted);
  return need >= 0 && order.indexOf(held) >= need;
}
