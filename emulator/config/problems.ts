import type { z } from 'zod';
import { BrickboxError, type SourcePosition } from '../core/index.ts';
import { keysAt } from './json-schema.ts';
import { nearest } from './nearest.ts';
import { typeName, valueAt } from './plain-object.ts';

type Issue = z.core.$ZodIssue;
/** Where a field of the configuration is written. */
export type Locate = (path: readonly PropertyKey[], on?: 'key' | 'value') => SourcePosition;

/** Everything that is wrong with a configuration, at once. `toText` lists all of it. */
export class ConfigError extends BrickboxError {
  readonly problems: readonly BrickboxError[];

  constructor(problems: readonly [BrickboxError, ...BrickboxError[]]) {
    const [first] = problems;
    const one = problems.length === 1;
    super(
      one ? first.code : 'CONFIG_INVALID',
      one ? first.message : `The configuration has ${problems.length} problems. First: ${first.message}`,
      {
        ...(first.fix === undefined ? {} : { fix: first.fix }),
        ...(first.at === undefined ? {} : { at: first.at }),
      },
    );
    this.problems = problems;
  }

  override toText(): string {
    return this.problems.map((problem) => problem.toText()).join('\n\n');
  }
}

/** Throws a ConfigError when there are problems: file by file, in the order of the lines. */
export function throwProblems(problems: readonly BrickboxError[]): void {
  const files = [...new Set(problems.map((problem) => problem.at?.file))];
  const rank = ({ at }: BrickboxError) => [files.indexOf(at?.file), at?.line ?? 0, at?.column ?? 0];
  const [first, ...rest] = [...problems].sort((a, b) => compare(rank(a), rank(b)));
  if (first) throw new ConfigError([first, ...rest]);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** The schema's issues as errors for people. Values of the file are never repeated: they may be secrets. */
export function schemaProblems(issues: readonly Issue[], root: unknown, locate: Locate): BrickboxError[] {
  return problemsOf(issues, [], { root, locate });
}

interface Source {
  root: unknown;
  locate: Locate;
}

function problemsOf(issues: readonly Issue[], base: readonly PropertyKey[], source: Source): BrickboxError[] {
  const misspelled = new Set(issues.flatMap((issue) => meantKeys(issue, [...base, ...issue.path])));
  return issues
    .filter((issue) => !(issue.code === 'invalid_type' && misspelled.has(label([...base, ...issue.path]))))
    .flatMap((issue) => problemOf(issue, [...base, ...issue.path], source));
}

/** Full paths of the keys that unknown ones were probably meant to be: that these are missing needs no second error. */
function meantKeys(issue: Issue, path: readonly PropertyKey[]): string[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const keys = keysAt(path);
  return issue.keys.flatMap((key) => {
    const meant = nearest(key, keys);
    return meant === undefined ? [] : [label([...path, meant])];
  });
}

function problemOf(issue: Issue, path: readonly PropertyKey[], source: Source): BrickboxError[] {
  const { root, locate } = source;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, locate));
    case 'invalid_union':
      return unionProblems(issue, path, source);
    case 'invalid_key':
      return [
        new BrickboxError(
          'CONFIG_BAD_NAME',
          `${String(path.at(-1))} is not a valid name here: ${issue.issues[0]?.message ?? issue.message}.`,
          { at: locate(path, 'key'), fix: 'Rename it.' },
        ),
      ];
    case 'invalid_type':
      return [wrongType(issue.expected, path, root, locate)];
    case 'invalid_value':
      return [wrongChoice(issue.values.map(String), path, root, locate)];
    default:
      return [
        new BrickboxError('CONFIG_INVALID_VALUE', `${label(path)}: ${lower(issue.message)}.`, {
          at: locate(path),
        }),
      ];
  }
}

function unknownKey(key: string, path: readonly PropertyKey[], locate: Locate): BrickboxError {
  const keys = keysAt(path);
  const meant = nearest(key, keys);
  const hint = bundleOnly.has(key)
    ? `${key} belongs to databricks.yml and has no effect in the sandbox; remove the line.`
    : meant
      ? `Did you mean ${meant}?`
      : `Valid here: ${keys.join(', ') || 'nothing'}.`;
  const place = path.length > 0 ? `in ${label(path)}` : 'at the top level';
  return new BrickboxError('CONFIG_UNKNOWN_KEY', `${key} is not a key ${place}.`, {
    at: locate([...path, key], 'key'),
    fix: hint,
  });
}

/** Fields of an app in databricks.yml that mean nothing to a sandbox (docs: bundle reference, apps). */
const bundleOnly = new Set([
  'compute_size',
  'compute_min_instances',
  'compute_max_instances',
  'budget_policy_id',
  'usage_policy_id',
  'git_source',
  'git_repository',
  'lifecycle',
  'space',
  'telemetry_export_destinations',
]);

/** The problems of the branch the user most likely meant: the one with the fewest. */
function unionProblems(
  issue: Issue & { code: 'invalid_union' },
  path: readonly PropertyKey[],
  source: Source,
): BrickboxError[] {
  const notEven = (one: Issue) => one.code === 'invalid_type' && one.path.length === 0;
  const [best] = issue.errors
    .filter((branch) => !branch.some(notEven))
    .map((branch) => problemsOf(branch, path, source))
    .sort((a, b) => a.length - b.length);
  if (best) return best;
  const expected = issue.errors
    .flat()
    .flatMap((one) => (one.code === 'invalid_type' ? [expectedName(one.expected)] : []));
  return [wrongType([...new Set(expected)].join(' or '), path, source.root, source.locate)];
}

function wrongType(
  expected: string,
  path: readonly PropertyKey[],
  root: unknown,
  locate: Locate,
): BrickboxError {
  const value = valueAt(root, path);
  const wanted = expectedName(expected);
  if (value === undefined && path.length > 0) {
    return new BrickboxError('CONFIG_MISSING', `${label(path)} is missing; it must be ${wanted}.`, {
      at: locate(path),
      fix: `Add ${String(path.at(-1))}: to ${label(path.slice(0, -1)) || 'the file'}.`,
    });
  }
  const quote = wanted === 'text' && (typeof value === 'number' || typeof value === 'boolean');
  return new BrickboxError(
    'CONFIG_WRONG_TYPE',
    `${label(path) || 'The file'} must be ${wanted}; it is ${typeName(value)}.`,
    { at: locate(path), ...(quote ? { fix: 'Put the value in quotes.' } : {}) },
  );
}

function wrongChoice(
  choices: readonly string[],
  path: readonly PropertyKey[],
  root: unknown,
  locate: Locate,
): BrickboxError {
  const value = valueAt(root, path);
  if (value === undefined) {
    return new BrickboxError('CONFIG_MISSING', `${label(path)} is missing; use ${choices.join(', ')}.`, {
      at: locate(path),
    });
  }
  const meant = typeof value === 'string' ? nearest(value, choices) : undefined;
  return new BrickboxError('CONFIG_INVALID_VALUE', `${label(path)} must be one of ${choices.join(', ')}.`, {
    at: locate(path),
    ...(meant === undefined ? {} : { fix: `Did you mean ${meant}?` }),
  });
}

const expectedNames: Record<string, string> = {
  string: 'text',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};
const expectedName = (expected: string) => expectedNames[expected] ?? expected;
const label = (path: readonly PropertyKey[]) => path.map(String).join('.');
const lower = (text: string) => (text.charAt(0).toLowerCase() + text.slice(1)).replace(/\.$/, '');
