import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation, type Need, type Operation, type Services } from '../../../workspace/index.ts';
import { accessControlList, objectPermissions, toPolicy } from '../acl.ts';
import type { ObjectType } from '../types.ts';

const evidence = ['sdk-mocks/families/permissions/permissions.unit.test.ts'];
const readScope = ['access-management', 'iam.access-control:read'];

/** The four operations of one type. Whoever may use the object may read its list, CAN_MANAGE changes it (assumed). */
export function permissionOperations(type: ObjectType): Operation[] {
  const path = `/api/2.0/permissions/${type.path}/{${type.parameter}}`;
  const idOnly = z
    .object({ [type.parameter]: z.string() })
    .transform((given) => ({ id: given[type.parameter] ?? '' }));
  const withList = z
    .looseObject({ [type.parameter]: z.string(), access_control_list: accessControlList })
    .transform((given) => ({
      id: String(given[type.parameter]),
      entries: accessControlList.parse(given['access_control_list']),
    }));
  const needs =
    (level: string) =>
    ({ id }: { id: string }, services: Services): Need[] => {
      const on = { kind: type.kind, name: id };
      if (!services.policy.securables.exists(on)) {
        throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', type.missing(id));
      }
      return [{ privilege: level, on }];
    };
  const lowest = type.levels[0]?.level ?? 'CAN_MANAGE';
  const common = { grade: 'thin', evidence } as const;

  return [
    defineOperation({
      id: `${type.api}.get_permissions`,
      method: 'GET',
      path,
      scope: readScope,
      request: idOnly,
      needs: needs(lowest),
      handle: ({ input: { id }, services }) => objectPermissions(type, id, services),
      ...common,
    }),
    defineOperation({
      id: `${type.api}.set_permissions`,
      method: 'PUT',
      path,
      scope: ['access-management'],
      request: withList,
      needs: needs('CAN_MANAGE'),
      handle({ input: { id, entries }, services }) {
        const on = { kind: type.kind, name: id };
        services.policy.permissions.set(on, withoutOwner(entries, type, id, services));
        return objectPermissions(type, id, services);
      },
      ...common,
    }),
    defineOperation({
      id: `${type.api}.update_permissions`,
      method: 'PATCH',
      path,
      scope: ['access-management'],
      request: withList,
      needs: needs('CAN_MANAGE'),
      handle({ input: { id, entries }, services }) {
        const on = { kind: type.kind, name: id };
        for (const entry of withoutOwner(entries, type, id, services)) {
          services.policy.permissions.add(on, entry);
        }
        return objectPermissions(type, id, services);
      },
      ...common,
    }),
    defineOperation({
      id: `${type.api}.get_permission_levels`,
      method: 'GET',
      path: `${path}/permissionLevels`,
      scope: readScope,
      request: idOnly,
      needs: needs(lowest),
      handle: () => ({
        permission_levels: type.levels.map(({ level, description }) => ({
          permission_level: level,
          description,
        })),
      }),
      ...common,
    }),
  ];
}

/** IS_OWNER moves the ownership, which policy keeps apart from the list; everything else goes into the list. */
function withoutOwner(
  entries: z.output<typeof accessControlList>,
  type: ObjectType,
  id: string,
  services: Services,
): { principal: string; level: string }[] {
  const all = toPolicy(entries, type, services);
  const owners = all.filter(({ level }) => level === 'IS_OWNER');
  const [owner, another] = owners;
  if (another) {
    throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `${type.objectId(id)} must have exactly one owner.`);
  }
  if (owner) services.policy.securables.setOwner({ kind: type.kind, name: id }, owner.principal);
  return all.filter((entry) => entry !== owner);
}
