import type { Principal } from '../identity/index.ts';
import { principalKey } from './names.ts';

/** Everyone is a member of it, without being listed (docs: principals). */
const everyone = 'account users';

/** Somebody whose rights are looked at: the names under which grants count for them. */
export interface Subject {
  /** Same id, same rights: the name and the effective groups. */
  id: string;
  name: string;
  /** `user ana@acme.test`, for explanations. */
  who: string;
  groups: readonly string[];
  /** Principal keys of the name, the groups (nested ones included) and `account users`. */
  keys: readonly string[];
}

/** Ports to the directory, so that policy needs nothing but names. */
export interface PrincipalPort {
  /** Groups of a user, service principal or group, nested ones included. */
  groupsOf(name: string): readonly string[];
  /** Is there a user, service principal or group of this name, as it is written in GRANT? */
  principalExists(name: string): boolean;
}

/** A principal by name is a definer, perhaps a group. One that is gone has no rights beyond its own name. */
export function subjectOf(principal: Principal | string, port: PrincipalPort): Subject {
  if (typeof principal === 'string') {
    const known = principal === everyone || port.principalExists(principal);
    return build(principal, `principal ${principal}`, known ? port.groupsOf(principal) : [], known);
  }
  const kind = principal.kind === 'user' ? 'user' : 'service principal';
  return build(principal.name, `${kind} ${principal.name}`, principal.groups, true);
}

function build(name: string, who: string, groups: readonly string[], known: boolean): Subject {
  const keys = [principalKey(name), ...groups.map(principalKey)];
  if (known && !keys.includes(everyone)) keys.push(everyone);
  return { id: keys.join('\n'), name, who, groups, keys };
}

/**
 * The groups that a group belongs to, through other groups too: a view or function may be owned by a group, and
 * then runs with the rights of all of these. Groups that contain each other end.
 */
export function groupsContaining(
  groups: readonly { name: string; members: readonly string[] }[],
  group: string,
): string[] {
  const found = new Set<string>();
  const reach = (name: string): void => {
    for (const one of groups) {
      if (one.name === group || found.has(one.name) || !one.members.includes(name)) continue;
      found.add(one.name);
      reach(one.name);
    }
  };
  reach(group);
  return [...found];
}
