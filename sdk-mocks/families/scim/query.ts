import { z } from 'zod';
import { scimError } from './error.ts';
import type { Resource } from './resources.ts';

/** Query of a SCIM collection. */
export const listQuery = z.object({
  filter: z.string().optional(),
  startIndex: z.coerce.number().int().min(1).default(1),
  count: z.coerce.number().int().min(0).max(10_000).default(10_000),
  attributes: z.string().optional(),
  excludedAttributes: z.string().optional(),
  sortBy: z.string().optional(),
  sortOrder: z.enum(['ascending', 'descending']).default('ascending'),
});

type ListQuery = z.output<typeof listQuery>;
type Selection = Pick<ListQuery, 'attributes' | 'excludedAttributes'>;

/** A page of a collection in the form of a ListResponse (RFC 7644). Clients stop at an empty `Resources`. */
export function listResponse(all: readonly Resource[], query: ListQuery): object {
  const found = sorted(filtered(all, query.filter), query);
  const page = found.slice(query.startIndex - 1, query.startIndex - 1 + query.count);
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: found.length,
    startIndex: query.startIndex,
    itemsPerPage: page.length,
    Resources: page.map((resource) => selected(resource, query)),
  };
}

/** Only the attributes asked for, or all but the excluded ones; `id` and `schemas` always. Top level only. */
export function selected(resource: Resource, { attributes, excludedAttributes }: Selection): object {
  const names = (text: string) =>
    new Set(text.split(',').map((name) => name.trim().split('.')[0]?.toLowerCase()));
  const wanted = attributes === undefined ? undefined : names(attributes);
  const excluded = names(excludedAttributes ?? '');
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => {
      if (name === 'id' || name === 'schemas') return true;
      const lower = name.toLowerCase();
      return (wanted?.has(lower) ?? true) && !excluded.has(lower);
    }),
  );
}

/** `attribute eq "value"`, quoted or not; attribute names and values are compared without case (RFC 7644, docs). */
function filtered(all: readonly Resource[], filter: string | undefined): readonly Resource[] {
  if (filter === undefined || filter === '') return all;
  const found = /^\s*(\w+)\s+eq\s+(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+))\s*$/i.exec(filter);
  if (!found) {
    throw scimError(
      400,
      `Brickbox reads filters of the form: attribute eq "value". Got: ${filter}`,
      'invalidFilter',
    );
  }
  const attribute = found[1] ?? '';
  const value = (found[2]?.replace(/\\(.)/g, '$1') ?? found[3] ?? found[4] ?? '').toLowerCase();
  return all.filter((resource) => String(attributeOf(resource, attribute) ?? '').toLowerCase() === value);
}

function sorted(all: readonly Resource[], { sortBy, sortOrder }: ListQuery): readonly Resource[] {
  if (sortBy === undefined) return all;
  const sign = sortOrder === 'descending' ? -1 : 1;
  const text = (resource: Resource) => String(attributeOf(resource, sortBy) ?? '');
  return all.toSorted((a, b) => sign * text(a).localeCompare(text(b)));
}

function attributeOf(resource: Resource, attribute: string): unknown {
  const name = Object.keys(resource).find((key) => key.toLowerCase() === attribute.toLowerCase());
  return name === undefined ? undefined : resource[name];
}
