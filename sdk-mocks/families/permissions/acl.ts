import { z } from 'zod';
import { ApiError } from '../../../emulator/core/index.ts';
import type { Services } from '../../workspace/index.ts';
import type { ObjectType } from './types.ts';

export const accessControlList = z
  .array(
    z
      .object({
        user_name: z.string().optional(),
        group_name: z.string().optional(),
        service_principal_name: z.string().optional(),
        permission_level: z.string(),
      })
      .refine(
        (entry) =>
          [entry.user_name, entry.group_name, entry.service_principal_name].filter(Boolean).length === 1,
        'name exactly one of user_name, group_name and service_principal_name',
      ),
  )
  .default([]);

type Entry = z.output<typeof accessControlList>[number];

/** Entries as policy keeps them. @throws ApiError 400 for a level the type does not have, 404 for nobody of that name */
export function toPolicy(
  entries: readonly Entry[],
  type: ObjectType,
  { ports }: Services,
): { principal: string; level: string }[] {
  const { directory } = ports.identity;
  return entries.map(({ user_name: user, service_principal_name: sp, group_name: group, ...entry }) => {
    const level = entry.permission_level;
    if (!type.levels.some((known) => known.level === level)) {
      throw new ApiError(
        400,
        'INVALID_PARAMETER_VALUE',
        `${level} is no permission level of ${type.path}; use one of ${type.levels.map((one) => one.level).join(', ')}.`,
      );
    }
    const name = user ?? sp ?? group ?? '';
    const found = directory.find(name);
    const known = group
      ? directory.groups().find((one) => one.name === group)?.name
      : found?.kind === (user ? 'user' : 'service_principal') &&
          found.name.toLowerCase() === name.toLowerCase()
        ? found.name
        : undefined;
    if (known === undefined) {
      throw new ApiError(404, 'PRINCIPAL_DOES_NOT_EXIST', `Principal: ${name} does not exist.`);
    }
    return { principal: known, level };
  });
}

/** The list of an object in the form of `ObjectPermissions` (code: databricks-sdk-py service/iam.py). */
export function objectPermissions(type: ObjectType, id: string, { policy, ports }: Services): object {
  const { directory } = ports.identity;
  const byPrincipal = new Map<string, { permission_level: string; inherited: boolean }[]>();
  for (const { principal, level, inherited } of policy.permissions.get({ kind: type.kind, name: id })) {
    const permission = {
      permission_level: level,
      inherited,
      ...(inherited ? { inherited_from_object: [`/${type.path}/`] } : {}),
    };
    byPrincipal.set(principal, [...(byPrincipal.get(principal) ?? []), permission]);
  }
  return {
    object_id: type.objectId(id),
    object_type: type.type,
    access_control_list: [...byPrincipal].map(([name, all_permissions]) => {
      const principal = directory.find(name);
      const who =
        principal === undefined
          ? { group_name: name }
          : principal.kind === 'user'
            ? { user_name: principal.name, display_name: principal.displayName }
            : { service_principal_name: principal.name, display_name: principal.displayName };
      return { ...who, all_permissions };
    }),
  };
}
