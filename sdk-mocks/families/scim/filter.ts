import { scimError } from './error.ts';
import type { Resource } from './resources.ts';

export type Test = (resource: Resource) => boolean;

const comparisons: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  eq: (value, wanted) => value === wanted,
  ne: (value, wanted) => value !== wanted,
  co: (value, wanted) => value.includes(wanted),
  sw: (value, wanted) => value.startsWith(wanted),
  ew: (value, wanted) => value.endsWith(wanted),
};

/** Quoted text, brackets, words. */
const token = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([()])|([^\s()"']+))/y;
type Token = { text: string; quoted: boolean };
const deepest = 50;

/**
 * A SCIM filter (docs: `eq`, `ne`, `co`, `sw`, `and`, `or`; RFC 7644 adds `ew`, `pr`, `not` and brackets). Names and
 * values are compared without case; of a list, one fitting entry is enough, for `ne` none may fit.
 * @throws ApiError 400 invalidFilter
 */
export function parseFilter(text: string): Test {
  const tokens = tokensOf(text);
  let at = 0;
  const word = (wanted: string) => {
    const found = tokens[at];
    if (!found || found.quoted || found.text.toLowerCase() !== wanted) return false;
    at += 1;
    return true;
  };
  const next = (): Token => {
    const found = tokens[at];
    if (!found) throw invalid(text);
    at += 1;
    return found;
  };
  const either = (depth: number): Test => {
    let left = both(depth);
    while (word('or')) {
      const [one, other] = [left, both(depth)];
      left = (resource) => one(resource) || other(resource);
    }
    return left;
  };
  const both = (depth: number): Test => {
    let left = single(depth);
    while (word('and')) {
      const [one, other] = [left, single(depth)];
      left = (resource) => one(resource) && other(resource);
    }
    return left;
  };
  const single = (depth: number): Test => {
    if (depth > deepest) throw invalid(text);
    if (word('not')) {
      const inner = single(depth + 1);
      return (resource) => !inner(resource);
    }
    if (word('(')) {
      const inner = either(depth + 1);
      if (!word(')')) throw invalid(text);
      return inner;
    }
    const attribute = next();
    if (attribute.quoted || !/^\w+(?:\.\w+)*$/.test(attribute.text)) throw invalid(text);
    const path = attribute.text.split('.');
    if (word('pr')) return (resource) => valuesOf(resource, path).some((value) => value !== '');
    const name = next().text.toLowerCase();
    const compare = Object.hasOwn(comparisons, name) ? comparisons[name] : undefined;
    if (!compare) throw invalid(text);
    const wanted = next().text.toLowerCase();
    return (resource) => {
      const values = valuesOf(resource, path);
      return name === 'ne'
        ? values.every((value) => compare(value, wanted))
        : values.some((value) => compare(value, wanted));
    };
  };
  const test = either(0);
  if (at < tokens.length) throw invalid(text);
  return test;
}

/** Values at a path as lower-case text; an entry of a list without a further name is its `value`. */
export function valuesOf(start: unknown, path: readonly string[]): string[] {
  if (Array.isArray(start)) return start.flatMap((one) => valuesOf(one, path));
  if (start === undefined || start === null) return [];
  if (typeof start !== 'object') return path.length === 0 ? [String(start).toLowerCase()] : [];
  const [name = 'value', ...rest] = path;
  const found = Object.entries(start).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found ? valuesOf(found[1], rest) : [];
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const found = token.exec(text);
    if (!found) throw invalid(text);
    const quoted = found[1]?.replace(/\\(.)/g, '$1') ?? found[2];
    tokens.push({ text: quoted ?? found[3] ?? found[4] ?? '', quoted: quoted !== undefined });
  }
  return tokens;
}

function invalid(text: string) {
  return scimError(400, `The filter cannot be read: ${text}`, 'invalidFilter');
}
