import { hasByDefault } from './builtin.ts';
import type { Privilege, SecurableRef } from './contract.ts';
import { includesLevel, managementLevel, ownerLevel } from './levels.ts';
import { containersOf, metastore, principalKey } from './names.ts';
import { gives, ownership, reaches } from './privileges.ts';
import type { Subject } from './subject.ts';
import type { PolicyTables } from './tables.ts';

/** One thing a subject must hold. */
export interface Need {
  privilege: Privilege;
  securable: SecurableRef;
}

const managing = new Set<Privilege>(['MANAGE', 'READ METADATA', ownership]);

/** Rights management: what a metastore admin may do everywhere, and a container's owner below it. */
export function isManaging(privilege: Privilege): boolean {
  return managing.has(privilege);
}

/** All that using a privilege takes, in the order the platform checks and reports it: catalog, schema, object. */
export function needsOf(privilege: Privilege, ref: SecurableRef): Need[] {
  const itself: Need = { privilege, securable: ref };
  if (privilege === 'BROWSE') return [itself];
  const passed = privilege.startsWith('CREATE ') ? [...containersOf(ref), ref] : containersOf(ref);
  const needs = passed.flatMap((securable): Need[] => {
    if (securable.kind === 'CATALOG') return [{ privilege: 'USE CATALOG', securable }];
    return securable.kind === 'SCHEMA' ? [{ privilege: 'USE SCHEMA', securable }] : [];
  });
  needs.push(itself);
  // MODIFY works only together with SELECT on the same table (docs: privileges reference).
  if (privilege === 'MODIFY' && ref.kind === 'TABLE') needs.push({ privilege: 'SELECT', securable: ref });
  return needs;
}

/** Questions about one subject's rights. Answers are the reason as a sentence, or undefined for no. */
export interface Rights {
  owns(subject: Subject, ref: SecurableRef): boolean;
  isAdmin(subject: Subject): boolean;
  holds(subject: Subject, need: Need): string | undefined;
  /** USE on a container while managing something below it: the owner of a container above may pass (rule 3). */
  passes(subject: Subject, need: Need): string | undefined;
  level(subject: Subject, level: string, ref: SecurableRef): string | undefined;
  visible(subject: Subject, ref: SecurableRef): boolean;
}

export function createRights(tables: PolicyTables, admins: { metastore: string; workspace: string }): Rights {
  const metastoreAdmin = () => tables.node(metastore).owner ?? admins.metastore;
  const isAdmin = (subject: Subject) => subject.keys.includes(principalKey(metastoreAdmin()));
  const owns = (subject: Subject, ref: SecurableRef): boolean => {
    const owner = ref.kind === 'METASTORE' ? metastoreAdmin() : tables.node(ref).owner;
    return owner !== undefined && subject.keys.includes(principalKey(owner));
  };

  const granted = (subject: Subject, privilege: Privilege, place: SecurableRef): string | undefined => {
    const { grants } = tables.node(place);
    if (grants.size === 0) return undefined;
    for (const key of subject.keys) {
      const entry = grants.get(key);
      const by = entry?.privileges.find((held) => gives(held, privilege));
      if (by) return `${by} on ${place.kind} ${place.name} is granted to ${entry?.principal}`;
    }
    return undefined;
  };

  const holds = (subject: Subject, { privilege, securable }: Need): string | undefined => {
    if (hasByDefault(privilege, securable)) return 'everyone has it by default';
    if (owns(subject, securable)) return `${subject.name} owns it`;
    if (isManaging(privilege) && isAdmin(subject)) return `${subject.name} is a metastore admin`;
    const containers = containersOf(securable);
    if (privilege === 'MANAGE' || privilege === 'READ METADATA') {
      const owned = containers.find((container) => owns(subject, container));
      if (owned) return `${subject.name} owns ${owned.kind} ${owned.name}`;
    }
    for (const place of [securable, ...containers.reverse()]) {
      const reason = granted(subject, privilege, place);
      if (reason) return reason;
    }
    return undefined;
  };

  return {
    owns,
    isAdmin,
    holds,
    passes(subject, need) {
      if (isAdmin(subject)) return `${subject.name} is a metastore admin`;
      const owned = containersOf(need.securable).find((container) => owns(subject, container));
      return owned ? `${subject.name} owns ${owned.kind} ${owned.name}` : holds(subject, need);
    },
    level(subject, level, ref) {
      const node = tables.node(ref);
      if (owns(subject, ref) && includesLevel(ref.kind, ownerLevel(ref.kind), level)) {
        return `${subject.name} owns it`;
      }
      for (const key of subject.keys) {
        const entry = node.levels.get(key);
        if (entry && includesLevel(ref.kind, entry.level, level)) {
          return `${entry.level} is given to ${entry.principal}`;
        }
      }
      const admin = subject.keys.includes(principalKey(admins.workspace));
      return admin && includesLevel(ref.kind, managementLevel(ref.kind), level)
        ? `workspace admins have ${managementLevel(ref.kind)}`
        : undefined;
    },
    visible(subject, ref) {
      if (isAdmin(subject) || hasByDefault('BROWSE', ref)) return true;
      const above = containersOf(ref);
      if ([ref, ...above].some((place) => owns(subject, place))) return true;
      const seen = (place: SecurableRef, test: (privilege: Privilege) => boolean) => {
        const { grants } = tables.node(place);
        return grants.size > 0 && subject.keys.some((key) => grants.get(key)?.privileges.some(test));
      };
      return seen(ref, () => true) || above.some((place) => seen(place, (held) => reaches(held, ref.kind)));
    },
  };
}
