import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BrickboxError } from '../core/index.ts';
import { appProblems } from './app-checks.ts';
import { nearest } from './nearest.ts';
import { isRecord, listOf, recordOf } from './plain-object.ts';
import type { Locate } from './problems.ts';

/** Names other parts of the house know. A list that is not given is not checked. */
export interface KnownNames {
  /** Scopes an app may ask for. */
  scopes?: readonly string[];
  /** Checks that `loosen` may name. */
  loosen?: readonly string[];
  /** Settings of the gateway. */
  gateway?: readonly string[];
}

export interface CheckContext {
  /** Folder relative paths start from. */
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
  names: KnownNames;
  locate: Locate;
}

/** What the schema cannot see: names that refer to nothing, files that are not there, missing variables. */
export function semanticProblems(root: unknown, context: CheckContext): BrickboxError[] {
  const config = recordOf(root);
  return [
    ...personaProblems(config, context),
    ...secretProblems(config, context),
    ...seedProblems(config, context),
    ...egressProblems(config, context),
    ...Object.keys(recordOf(config['apps'])).flatMap((name) => appProblems(name, config, context)),
    ...listOf(config['loosen']).flatMap((name, index) =>
      unknownName(name, context.names.loosen, ['loosen', index], 'check', context),
    ),
    ...Object.keys(recordOf(config['gateway'])).flatMap((name) =>
      unknownName(name, context.names.gateway, ['gateway', name], 'gateway setting', context),
    ),
  ];
}

/** An error when `name` is not one of `known`, with the nearest that is. */
export function unknownName(
  name: unknown,
  known: readonly string[] | undefined,
  path: readonly PropertyKey[],
  what: string,
  context: CheckContext,
): BrickboxError[] {
  if (typeof name !== 'string' || known === undefined || known.includes(name)) return [];
  const meant = nearest(name, known);
  return [
    new BrickboxError('CONFIG_UNKNOWN_NAME', `${name} is not the name of a ${what}.`, {
      at: context.locate(path),
      fix: meant ? `Did you mean ${meant}?` : `Known: ${known.join(', ') || 'none'}.`,
    }),
  ];
}

function personaProblems(config: Record<string, unknown>, context: CheckContext): BrickboxError[] {
  const seen = new Map<string, string>();
  return Object.entries(recordOf(config['personas'])).flatMap(([alias, persona]) => {
    const userName = recordOf(persona)['user_name'];
    if (typeof userName !== 'string') return [];
    const first = seen.get(userName.toLowerCase());
    seen.set(userName.toLowerCase(), first ?? alias);
    if (first === undefined) return [];
    return [
      new BrickboxError(
        'CONFIG_DUPLICATE_USER',
        `${alias} and ${first} have the same user_name, ${userName}.`,
        {
          at: context.locate(['personas', alias, 'user_name']),
          fix: 'Give each persona its own user_name.',
        },
      ),
    ];
  });
}

function secretProblems(config: Record<string, unknown>, context: CheckContext): BrickboxError[] {
  return Object.entries(recordOf(config['secrets'])).flatMap(([scope, keys]) =>
    Object.entries(recordOf(keys)).flatMap(([key, source]) => {
      const variable = recordOf(source)['env'];
      if (typeof variable !== 'string' || variable === '' || context.env[variable] !== undefined) return [];
      return [
        new BrickboxError(
          'CONFIG_SECRET_ENV_MISSING',
          `The secret ${scope}/${key} comes from the environment variable ${variable}, which is not set.`,
          {
            at: context.locate(['secrets', scope, key, 'env']),
            fix: `Set it (export ${variable}=...), or write { value: ... } for a made-up value.`,
          },
        ),
      ];
    }),
  );
}

function seedProblems(config: Record<string, unknown>, context: CheckContext): BrickboxError[] {
  return listOf(config['seed']).flatMap((step, index) => {
    const path: PropertyKey[] = isRecord(step) ? ['seed', index, 'from'] : ['seed', index];
    const file = isRecord(step) ? step['from'] : step;
    if (typeof file !== 'string') return [];
    const problems = missingFile(file, path, 'CONFIG_SEED_MISSING', 'seed file', context);
    if (isRecord(step) && !/\.(csv|tsv|json|jsonl|ndjson|parquet)$/i.test(file)) {
      problems.push(
        new BrickboxError('CONFIG_SEED_FORMAT', `${file} is not a file of rows Brickbox can read.`, {
          at: context.locate(path),
          fix: 'Use .csv, .json or .parquet; SQL files are written without table: and from:.',
        }),
      );
    }
    const table = recordOf(step)['table'];
    if (typeof table === 'string' && nameParts(table) !== 3) {
      problems.push(
        new BrickboxError('CONFIG_TABLE_NAME', `${table} is not the full name of a table.`, {
          at: context.locate(['seed', index, 'table']),
          fix: 'Write catalog.schema.table.',
        }),
      );
    }
    return problems;
  });
}

function egressProblems(config: Record<string, unknown>, context: CheckContext): BrickboxError[] {
  const egress = recordOf(config['egress']);
  const policy = egress['policy'];
  const presets = ['deny_all', 'declared_only', 'open'];
  const problems: BrickboxError[] = [];
  if (typeof policy === 'string' && !presets.includes(policy)) {
    const found = missingFile(policy, ['egress', 'policy'], 'CONFIG_POLICY_MISSING', 'policy file', context);
    const meant = nearest(policy, presets);
    problems.push(
      ...found.map((problem) =>
        meant === undefined
          ? problem
          : new BrickboxError('CONFIG_POLICY_MISSING', `${policy} is neither a preset nor a file.`, {
              at: context.locate(['egress', 'policy']),
              fix: `Did you mean ${meant}?`,
            }),
      ),
    );
  }
  for (const [host, rule] of Object.entries(recordOf(egress['allowed']))) {
    const path = ['egress', 'allowed', host];
    if (/[/:\s]|^\*?$/.test(host)) {
      problems.push(
        new BrickboxError('CONFIG_HOST_NAME', `${host} is not a host name.`, {
          at: context.locate(path, 'key'),
          fix: 'Write the bare name, without scheme, port or path: api.example.com.',
        }),
      );
    }
    const stub = recordOf(rule)['stub'];
    if (typeof stub === 'string') {
      problems.push(
        ...missingFile(stub, [...path, 'stub'], 'CONFIG_STUB_MISSING', 'stub', context, 'folder'),
      );
    }
  }
  return problems;
}

/** An error when the file (or folder) is not there. */
export function missingFile(
  file: string,
  path: readonly PropertyKey[],
  code: string,
  what: string,
  context: CheckContext,
  kind: 'file' | 'folder' = 'file',
): BrickboxError[] {
  const full = resolve(context.folder, file);
  const at = context.locate(path);
  if (!existsSync(full)) {
    return [
      new BrickboxError(code, `The ${what} ${file} does not exist.`, {
        at,
        fix: `Relative paths start from ${context.folder}.`,
      }),
    ];
  }
  if (statSync(full).isDirectory() === (kind === 'folder')) return [];
  return [new BrickboxError(code, `The ${what} ${file} is not a ${kind}.`, { at, fix: `Name a ${kind}.` })];
}

/** Number of dot-separated parts; dots inside backticks do not count. */
export function nameParts(name: string): number {
  return /^(?:`[^`]+`|[^.`\s]+)(?:\.(?:`[^`]+`|[^.`\s]+))*$/.test(name)
    ? (name.match(/`[^`]+`|[^.`]+/g) ?? []).length
    : 0;
}
