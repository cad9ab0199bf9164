import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { type Grant, principalKey, type SecurableRef } from '../../../../emulator/policy/index.ts';
import { defineOperation, type Exchange, type Operation } from '../../../workspace/index.ts';
import { viewOf } from '../access.ts';
import { asApiError } from '../errors.ts';
import { evidence } from '../evidence.ts';
import { page } from '../page.ts';
import { securable } from '../securables.ts';

const scope = ['catalog.grants', 'unity-catalog'];
const api = '/api/2.1/unity-catalog';
const target = { securable_type: z.string(), full_name: z.string() };
const asked = { principal: z.string().optional(), page_token: z.string().optional() };
const maxResults = z.coerce.number().int().optional();

/** Who manages the securable sees every grant; others their own and those of their groups (assumed from SHOW GRANTS). */
function visibleGrants(
  exchange: Exchange<unknown>,
  ref: SecurableRef,
  options: { inherited: boolean; principal: string | undefined },
): Grant[] {
  const { caller, services } = exchange;
  const { authorizer, grants } = services.policy;
  const view = viewOf(exchange);
  const right = ref.kind === 'METASTORE' ? 'OWNERSHIP' : 'READ METADATA';
  const manages = authorizer.isMetastoreAdmin(caller.principal) || view.may(right, ref);
  if (!manages && ref.kind !== 'METASTORE' && !authorizer.visible(caller, ref)) view.require('MANAGE', ref);
  const { principal } = caller;
  const own = new Set([principal.name, ...principal.groups, 'account users'].map(principalKey));
  return grants
    .on(ref, {
      inherited: options.inherited,
      ...(options.principal === undefined ? {} : { principal: options.principal }),
    })
    .filter((grant) => manages || own.has(principalKey(grant.principal)));
}

const wire = (privilege: string) => privilege.replaceAll(' ', '_');

interface Assignment<Privilege> {
  principal: string;
  privileges: Privilege[];
}

function byPrincipal<Privilege>(
  grants: readonly Grant[],
  privilege: (grant: Grant) => Privilege,
): Assignment<Privilege>[] {
  const found = new Map<string, Assignment<Privilege>>();
  for (const grant of grants) {
    const key = principalKey(grant.principal);
    const entry = found.get(key) ?? { principal: grant.principal, privileges: [] };
    entry.privileges.push(privilege(grant));
    found.set(key, entry);
  }
  return [...found.values()];
}

/** Direct grants, privileges sorted (code: databricks/cli libs/testserver/grants.go). */
function direct(exchange: Exchange<unknown>, ref: SecurableRef, principal?: string): Assignment<string>[] {
  const grants = visibleGrants(exchange, ref, { inherited: false, principal });
  return byPrincipal(grants, ({ privilege }) => wire(privilege)).map((entry) => ({
    ...entry,
    privileges: entry.privileges.toSorted(),
  }));
}

/** All grants that count for the object; inherited ones name the container they sit on. */
function effective(exchange: Exchange<unknown>, ref: SecurableRef, principal?: string): Assignment<object>[] {
  const grants = visibleGrants(exchange, ref, { inherited: true, principal });
  return byPrincipal(grants, ({ privilege, securable: on }) => ({
    privilege: wire(privilege),
    ...inheritedFrom(on, ref),
  }));
}

function inheritedFrom(on: SecurableRef, ref: SecurableRef): object {
  if (on.name === ref.name) return {};
  return { inherited_from_type: on.kind, inherited_from_name: on.name };
}

const get = defineOperation({
  id: 'grants.get',
  method: 'GET',
  path: `${api}/permissions/{securable_type}/{full_name}`,
  scope,
  request: z.object({ ...target, ...asked, max_results: maxResults }),
  handle(exchange) {
    const { input } = exchange;
    const ref = securable(exchange, input.securable_type, input.full_name);
    const { items, ...next } = page(direct(exchange, ref, input.principal), (one) => one.principal, input);
    return { privilege_assignments: items, ...next };
  },
  grade: 'thin',
  evidence,
});

const list = defineOperation({
  id: 'grants.list',
  method: 'GET',
  path: `${api}/privilege-assignments/{securable_type}/{full_name}`,
  scope,
  request: z.object({ ...target, ...asked, page_size: maxResults }),
  handle(exchange) {
    const { input } = exchange;
    const ref = securable(exchange, input.securable_type, input.full_name);
    const paging = { max_results: input.page_size, page_token: input.page_token };
    const { items, ...next } = page(direct(exchange, ref, input.principal), (one) => one.principal, paging);
    return { privilege_assignments: items, ...next };
  },
  grade: 'thin',
  evidence,
});

const getEffective = defineOperation({
  id: 'grants.get_effective',
  method: 'GET',
  path: `${api}/effective-permissions/{securable_type}/{full_name}`,
  scope,
  request: z.object({ ...target, ...asked, max_results: maxResults }),
  handle(exchange) {
    const { input } = exchange;
    const ref = securable(exchange, input.securable_type, input.full_name);
    const { items, ...next } = page(effective(exchange, ref, input.principal), (one) => one.principal, input);
    return { privilege_assignments: items, ...next };
  },
  grade: 'thin',
  evidence,
});

const listEffective = defineOperation({
  id: 'grants.list_effective',
  method: 'GET',
  path: `${api}/effective-privilege-assignments/{securable_type}/{full_name}`,
  scope,
  request: z.object({ ...target, ...asked, page_size: maxResults }),
  handle(exchange) {
    const { input } = exchange;
    const ref = securable(exchange, input.securable_type, input.full_name);
    const paging = { max_results: input.page_size, page_token: input.page_token };
    const { items, ...next } = page(
      effective(exchange, ref, input.principal),
      (one) => one.principal,
      paging,
    );
    return { effective_privilege_assignments: items, ...next };
  },
  grade: 'thin',
  evidence,
});

const privileges = z.array(z.string()).default([]);
const update = defineOperation({
  id: 'grants.update',
  method: 'PATCH',
  path: `${api}/permissions/{securable_type}/{full_name}`,
  scope,
  request: z.object({
    ...target,
    changes: z
      .array(z.object({ principal: z.string().min(1), add: privileges, remove: privileges }))
      .default([]),
    omit_permissions_in_response: z.boolean().default(false),
  }),
  handle(exchange) {
    const { input, services } = exchange;
    const ref = securable(exchange, input.securable_type, input.full_name);
    viewOf(exchange).require(ref.kind === 'METASTORE' ? 'OWNERSHIP' : 'MANAGE', ref);
    try {
      services.metastore.transaction(() => {
        for (const one of input.changes) apply(exchange, ref, one);
      });
    } catch (error) {
      throw asApiError(error);
    }
    return input.omit_permissions_in_response ? {} : { privilege_assignments: direct(exchange, ref) };
  },
  grade: 'thin',
  evidence,
});

/** Removals first; ALL_PRIVILEGES takes everything the principal holds there (code: databricks/cli libs/testserver). */
function apply(
  { services }: Exchange<unknown>,
  ref: SecurableRef,
  { principal, add, remove }: { principal: string; add: string[]; remove: string[] },
): void {
  const { grants } = services.policy;
  if (add.some((privilege) => remove.includes(privilege))) {
    throw new ApiError(
      400,
      'INVALID_PARAMETER_VALUE',
      `Duplicate privileges to add and delete for principal ${principal}.`,
    );
  }
  for (const privilege of remove) {
    grants.revoke({ principal, privilege, securable: ref });
    if (wire(privilege.toUpperCase()) !== 'ALL_PRIVILEGES') continue;
    for (const held of grants.on(ref, { principal })) grants.revoke({ ...held, securable: ref });
  }
  for (const privilege of add) grants.grant({ principal, privilege, securable: ref });
}

export const grantOperations: readonly Operation[] = [get, list, getEffective, listEffective, update];
