import type { Explanation } from '../core/index.ts';
import type { Privilege, SecurableKind, SecurableRef } from './contract.ts';
import { containersOf, inGrant, quoteWhereNeeded } from './names.ts';
import { ownership } from './privileges.ts';
import type { Subject } from './subject.ts';

/** Why a Unity Catalog privilege is missing, and the SQL line that gives it. */
export function explainGrant(subject: Subject, privilege: Privilege, ref: SecurableRef): Explanation {
  const to = quoteWhereNeeded(subject.name);
  if (privilege === ownership) {
    return {
      who: subject.who,
      rule: `only the owner of ${plain(ref)} may do this; MANAGE is not enough`,
      fix: `ALTER ${inGrant(ref)} OWNER TO ${to}`,
    };
  }
  const places = [ref, ...containersOf(ref).reverse()].map(plain);
  const groups = subject.groups.length > 0 ? ` and its groups (${subject.groups.join(', ')})` : '';
  return {
    who: subject.who,
    rule: `${privilege} on ${plain(ref)} is required; ${subject.name}${groups} hold no such grant on ${places.join(' or ')}, and do not own ${plain(ref)}`,
    fix: `GRANT ${privilege} ON ${inGrant(ref)} TO ${to}`,
  };
}

/** The same for a permission level of a workspace object. */
export function explainLevel(subject: Subject, level: string, ref: SecurableRef): Explanation {
  return {
    who: subject.who,
    rule: `${level} on ${plain(ref)} is required; no permission of ${subject.name} or its groups includes it`,
    fix: `Give ${level} on ${plain(ref)} to ${subject.name} or to one of its groups, ${where[ref.kind] ?? 'with the permissions API'}.`,
  };
}

const where: Partial<Record<SecurableKind, string>> = {
  APP: 'under `permissions` of the app in brickbox.yaml',
  WAREHOUSE: 'with the permissions API, or as an app resource `sql_warehouse`',
  SECRET_SCOPE: 'with the secrets ACL API, or as an app resource `secret`',
};

function plain(ref: SecurableRef): string {
  const kind = ref.kind.toLowerCase().replaceAll('_', ' ');
  return ref.kind === 'METASTORE' ? 'the metastore' : `${kind} ${ref.name}`;
}
