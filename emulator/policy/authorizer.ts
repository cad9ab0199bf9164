import { BrickboxError } from '../core/index.ts';
import type { Caller } from '../identity/index.ts';
import type { Journal } from '../journal/index.ts';
import type { Authorizer, Decision, Privilege, SecurableRef } from './contract.ts';
import { explainGrant, explainLevel } from './explain.ts';
import { levelsOf } from './levels.ts';
import { canonical, isCatalogKind, keyOf } from './names.ts';
import { isPrivilege, normalPrivilege, ownership } from './privileges.ts';
import { isManaging, needsOf, type Rights } from './rights.ts';
import { type PrincipalPort, type Subject, subjectOf } from './subject.ts';
import type { PolicyTables } from './tables.ts';

/** Answers kept per version; beyond that the memo starts again, so that many personas cannot fill the memory. */
const memoLimit = 20_000;

export function createAuthorizer(parts: {
  tables: PolicyTables;
  rights: Rights;
  journal: Journal;
  port: PrincipalPort;
}): Authorizer {
  const { tables, rights, journal, port } = parts;

  const decide = (subject: Subject, given: Privilege, ref: SecurableRef): Decision =>
    remembered(tables.memo().decisions, `${given} ${keyOf(ref)}\n${subject.id}`, () =>
      isCatalogKind(ref.kind)
        ? decideGrant(rights, subject, given, ref)
        : decideLevel(rights, subject, given, ref),
    );

  return {
    check(caller, privilege, given) {
      const ref = canonical(given);
      const decision = decide(subjectOf(caller.principal, port), privilege, ref);
      journal.append({
        kind: 'decision',
        caller: journalCaller(caller),
        action: privilege,
        securable: keyOf(ref),
        allow: decision.allow,
        reason: decision.reason,
        exchange: caller.exchange,
        ...(decision.allow ? {} : { explanation: decision.explanation }),
      });
      return decision;
    },
    checkPrincipal: (principal, privilege, ref) =>
      decide(subjectOf(principal, port), privilege, canonical(ref)),
    visible(caller, given) {
      const subject = subjectOf(caller.principal, port);
      const ref = canonical(given);
      return remembered(tables.memo().visible, `${keyOf(ref)}\n${subject.id}`, () =>
        isCatalogKind(ref.kind)
          ? rights.visible(subject, ref)
          : rights.level(subject, levelsOf(ref.kind)[0] ?? '', ref) !== undefined,
      );
    },
    isMetastoreAdmin: (principal) => rights.isAdmin(subjectOf(principal, port)),
  };
}

function remembered<Answer>(memo: Map<string, Answer>, key: string, decide: () => Answer): Answer {
  const known = memo.get(key);
  if (known !== undefined) return known;
  if (memo.size >= memoLimit) memo.clear();
  const answer = decide();
  memo.set(key, answer);
  return answer;
}

function decideGrant(rights: Rights, subject: Subject, given: Privilege, ref: SecurableRef): Decision {
  const privilege = normalPrivilege(given, ref.kind);
  if (privilege !== ownership && !isPrivilege(privilege)) throw unknown(given, ref);
  if (isManaging(privilege) && rights.isAdmin(subject)) {
    return { allow: true, reason: `${subject.name} is a metastore admin` };
  }
  let reason = '';
  for (const need of needsOf(privilege, ref)) {
    const onTheWay = need.securable !== ref && isManaging(privilege);
    const found = onTheWay ? rights.passes(subject, need) : rights.holds(subject, need);
    if (found === undefined) {
      const explanation = explainGrant(subject, need.privilege, need.securable);
      return { allow: false, reason: explanation.rule, missing: need, explanation };
    }
    reason = found;
  }
  return { allow: true, reason };
}

function decideLevel(rights: Rights, subject: Subject, level: string, ref: SecurableRef): Decision {
  if (!levelsOf(ref.kind).includes(level)) throw unknown(level, ref);
  const reason = rights.level(subject, level, ref);
  if (reason !== undefined) return { allow: true, reason };
  const explanation = explainLevel(subject, level, ref);
  const missing = { privilege: level, securable: ref };
  return { allow: false, reason: explanation.rule, missing, explanation };
}

/** Asking for a right that does not exist is a defect of the asking code: refuse loudly rather than guess. */
function unknown(privilege: Privilege, ref: SecurableRef): BrickboxError {
  return new BrickboxError(
    'POLICY_UNKNOWN_PRIVILEGE',
    `A check asked for ${privilege} on ${keyOf(ref)}, which is no privilege or permission level of that kind.`,
    { kind: 'internal' },
  );
}

function journalCaller({ principal, how, app, tokenId }: Caller) {
  return { principal: principal.name, kind: principal.kind, how, app, tokenId };
}
