import { z } from 'zod';
import { scimError } from './error.ts';

/** A complex value: a bare one is taken too (code: databricks-sdk-py ComplexValue). */
const complex = z.union([z.object({ value: z.string() }).transform(({ value }) => value), z.string()]);
const values = z.union([z.array(complex), complex.transform((one) => [one])]);

/** What of a resource may be written. Lists hold ids (members, groups) or names (entitlements). */
export interface Writable {
  displayName: string;
  active: boolean;
  entitlements: ReadonlySet<string>;
  groups: ReadonlySet<string>;
  members: ReadonlySet<string>;
}

const lists = ['entitlements', 'groups', 'members'] as const;
type ListName = (typeof lists)[number];

/** Attributes of a create or replace; everything may be left out. */
export const attributes = z.object({
  displayName: z.string().min(1).optional(),
  active: z.boolean().optional(),
  entitlements: values.optional(),
  groups: values.optional(),
  members: values.optional(),
});
type Attributes = z.output<typeof attributes>;

/** Writes what is given over what is there; a list replaces the whole list. */
export function replaced(before: Writable, given: Attributes): Writable {
  const list = (name: ListName) => (given[name] ? new Set(given[name]) : before[name]);
  return {
    displayName: given.displayName ?? before.displayName,
    active: given.active ?? before.active,
    entitlements: list('entitlements'),
    groups: list('groups'),
    members: list('members'),
  };
}

export const patchBody = z.object({
  Operations: z
    .array(
      z.object({
        op: z.string().transform((op) => op.toLowerCase()),
        path: z.string().optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1),
});
type Operation = z.output<typeof patchBody>['Operations'][number];

/** Applies the operations of a PatchOp in order (RFC 7644 3.5.2). @throws ApiError 400 in SCIM's form */
export function patched(before: Writable, operations: readonly Operation[]): Writable {
  return operations.reduce(applied, before);
}

function applied(before: Writable, { op, path, value }: Operation): Writable {
  if (op !== 'add' && op !== 'remove' && op !== 'replace') {
    throw scimError(400, `Patch operation ${op} is none of add, remove, replace.`, 'invalidSyntax');
  }
  if (path === undefined) {
    if (op === 'remove') throw scimError(400, 'A remove needs a path.', 'noTarget');
    const parsed = read(attributes, value, 'value');
    const list = (name: ListName) => (parsed[name] ? changed(before[name], op, parsed[name]) : before[name]);
    return {
      ...replaced(before, { displayName: parsed.displayName, active: parsed.active }),
      entitlements: list('entitlements'),
      groups: list('groups'),
      members: list('members'),
    };
  }
  const filter = /^(\w+)\[value eq "([^"]+)"\]$/.exec(path);
  const name = lists.find((list) => list === (filter?.[1] ?? path));
  if (name) {
    const given = filter?.[2] ? [filter[2]] : value === undefined ? undefined : read(values, value, path);
    return { ...before, [name]: changed(before[name], op, given) };
  }
  if (op !== 'remove' && (path === 'displayName' || path === 'active')) {
    return replaced(before, read(attributes, { [path]: value }, path));
  }
  throw scimError(400, `Brickbox does not patch the path ${path} with ${op}.`, 'invalidPath');
}

function changed(
  before: ReadonlySet<string>,
  op: 'add' | 'remove' | 'replace',
  given: readonly string[] | undefined,
): ReadonlySet<string> {
  if (op === 'remove') return new Set(given ? [...before].filter((one) => !given.includes(one)) : []);
  return new Set([...(op === 'add' ? before : []), ...(given ?? [])]);
}

function read<T extends z.ZodType>(schema: T, value: unknown, path: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw scimError(400, `Invalid value for ${path}.`, 'invalidValue');
}
