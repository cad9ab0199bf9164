import { z } from 'zod';
import { parseFilter, valuesOf } from './filter.ts';
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

function filtered(all: readonly Resource[], filter: string | undefined): readonly Resource[] {
  return filter === undefined || filter.trim() === '' ? all : all.filter(parseFilter(filter));
}

function sorted(all: readonly Resource[], { sortBy, sortOrder }: ListQuery): readonly Resource[] {
  if (sortBy === undefined) return all;
  const sign = sortOrder === 'descending' ? -1 : 1;
  const text = (resource: Resource) => valuesOf(resource, sortBy.split('.'))[0] ?? '';
  return all.toSorted((a, b) => sign * text(a).localeCompare(text(b)));
}
