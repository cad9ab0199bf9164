import { resolve } from 'node:path';
import { BrickboxError } from '../core/index.ts';
import { readAppYaml } from './app-yaml.ts';
import { type CheckContext, missingFile, nameParts, unknownName } from './checks.ts';
import { nearest } from './nearest.ts';
import { resourceLines, secretLines } from './paste.ts';
import { listOf, recordOf } from './plain-object.ts';
import { ConfigError } from './problems.ts';

/** Checks of one app that need the rest of the file or the app's own files. */
export function appProblems(
  name: string,
  config: Record<string, unknown>,
  context: CheckContext,
): BrickboxError[] {
  const app = recordOf(recordOf(config['apps'])[name]);
  const path = ['apps', name];
  return [
    ...listOf(app['user_api_scopes']).flatMap((scope, index) =>
      unknownName(scope, context.names.scopes, [...path, 'user_api_scopes', index], 'scope', context),
    ),
    ...resourceProblems(app, path, config, context),
    ...permissionProblems(app, path, config, context),
    ...environmentProblems(name, app, path, context),
  ];
}

function resourceProblems(
  app: Record<string, unknown>,
  path: readonly PropertyKey[],
  config: Record<string, unknown>,
  context: CheckContext,
): BrickboxError[] {
  const seen = new Set<unknown>();
  return listOf(app['resources']).flatMap((given, index) => {
    const resource = recordOf(given);
    const at = [...path, 'resources', index];
    const problems = targetProblems(resource, at, config, context);
    const name = resource['name'];
    if (typeof name === 'string' && seen.has(name)) {
      problems.push(
        new BrickboxError('CONFIG_DUPLICATE_RESOURCE', `Two resources of this app are called ${name}.`, {
          at: context.locate([...at, 'name']),
          fix: 'Give each resource its own name.',
        }),
      );
    }
    seen.add(name);
    return problems;
  });
}

/** A resource must point at something the sandbox has. */
function targetProblems(
  resource: Record<string, unknown>,
  at: readonly PropertyKey[],
  config: Record<string, unknown>,
  context: CheckContext,
): BrickboxError[] {
  const problems: BrickboxError[] = [];
  const unknown = (field: readonly PropertyKey[], message: string, fix: string) =>
    problems.push(
      new BrickboxError('CONFIG_UNKNOWN_TARGET', message, { at: context.locate([...at, ...field]), fix }),
    );
  const warehouse = recordOf(resource['sql_warehouse'])['id'];
  if (typeof warehouse === 'string' && warehouse !== 'default') {
    unknown(
      ['sql_warehouse', 'id'],
      `The sandbox has no warehouse ${warehouse}.`,
      'Write id: default; the app is given the id of the sandbox’s own warehouse.',
    );
  }
  const { scope, key } = recordOf(resource['secret']);
  if (typeof scope === 'string' && typeof key === 'string') {
    const secrets = recordOf(config['secrets']);
    if (!Object.hasOwn(recordOf(secrets[scope]), key)) {
      const meant = nearest(scope, Object.keys(secrets));
      unknown(
        ['secret', Object.hasOwn(secrets, scope) ? 'key' : 'scope'],
        `There is no secret ${scope}/${key}.`,
        meant !== undefined && meant !== scope
          ? `Did you mean the scope ${meant}?`
          : `Add to brickbox.yaml:\n${secretLines(scope, key)}`,
      );
    }
  }
  const { securable_full_name: full, securable_type: type } = recordOf(resource['uc_securable']);
  if (
    typeof full === 'string' &&
    typeof type === 'string' &&
    type !== 'CONNECTION' &&
    nameParts(full) !== 3
  ) {
    unknown(
      ['uc_securable', 'securable_full_name'],
      `${full} is not the full name of a ${type.toLowerCase()}.`,
      'Write catalog.schema.name.',
    );
  }
  const other = recordOf(resource['app'])['name'];
  const apps = Object.keys(recordOf(config['apps']));
  if (typeof other === 'string')
    problems.push(...unknownName(other, apps, [...at, 'app', 'name'], 'app', context));
  return problems;
}

function permissionProblems(
  app: Record<string, unknown>,
  path: readonly PropertyKey[],
  config: Record<string, unknown>,
  context: CheckContext,
): BrickboxError[] {
  const personas = Object.entries(recordOf(config['personas'])).flatMap(([alias, persona]) => {
    const userName = recordOf(persona)['user_name'];
    return typeof userName === 'string' ? [{ alias, userName }] : [];
  });
  const principals = [
    ...Object.entries(recordOf(config['service_principals'])).flatMap(([alias, one]) => [
      alias,
      recordOf(one)['display_name'],
    ]),
    ...Object.keys(recordOf(config['apps'])),
  ].filter((name) => typeof name === 'string');
  return listOf(app['permissions']).flatMap((given, index) => {
    const { user_name: user, service_principal_name: principal } = recordOf(given);
    const at = [...path, 'permissions', index];
    if (typeof user === 'string' && !personas.some((one) => one.userName === user)) {
      const meant =
        personas.find((one) => one.alias === user)?.userName ??
        nearest(
          user,
          personas.map((one) => one.userName),
        );
      return [
        new BrickboxError('CONFIG_UNKNOWN_PERSONA', `No persona has the user_name ${user}.`, {
          at: context.locate([...at, 'user_name']),
          fix: meant
            ? `Did you mean ${meant}?`
            : `Known: ${personas.map((one) => one.userName).join(', ') || 'none; add it under personas:'}.`,
        }),
      ];
    }
    return unknownName(
      principal,
      principals,
      [...at, 'service_principal_name'],
      'service principal',
      context,
    );
  });
}

/** The app's folder, its app.yaml, and every valueFrom of both. */
function environmentProblems(
  name: string,
  app: Record<string, unknown>,
  path: readonly PropertyKey[],
  context: CheckContext,
): BrickboxError[] {
  const source = typeof app['source_code_path'] === 'string' ? app['source_code_path'] : '.';
  const absent = missingFile(
    source,
    [...path, 'source_code_path'],
    'CONFIG_SOURCE_MISSING',
    'folder of the app,',
    context,
    'folder',
  );
  if (absent.length > 0) return absent;
  const resources = listOf(app['resources']).flatMap((one) => {
    const key = recordOf(one)['name'];
    return typeof key === 'string' ? [key] : [];
  });
  const notFound = (key: string, variable: string, at: BrickboxError['at']) => {
    const meant = nearest(key, resources);
    return new BrickboxError(
      'CONFIG_VALUE_FROM_UNKNOWN',
      `${variable} takes its value from the resource ${key}, which the app ${name} does not have.`,
      {
        ...(at === undefined ? {} : { at }),
        fix: meant ? `Did you mean ${meant}?` : `Add to brickbox.yaml:\n${resourceLines(name, source, key)}`,
      },
    );
  };
  const inline = listOf(recordOf(app['config'])['env']).flatMap((entry, index) => {
    const { name: variable, value_from: key } = recordOf(entry);
    if (typeof key !== 'string' || typeof variable !== 'string' || resources.includes(key)) return [];
    return [notFound(key, variable, context.locate([...path, 'config', 'env', index, 'value_from']))];
  });
  try {
    const yaml = readAppYaml(resolve(context.folder, source));
    const fromYaml = (yaml?.env ?? []).flatMap((entry) =>
      entry.valueFrom === undefined || resources.includes(entry.valueFrom)
        ? []
        : [notFound(entry.valueFrom, entry.name, entry.at)],
    );
    return [...inline, ...fromYaml];
  } catch (error) {
    if (error instanceof ConfigError) return [...inline, ...error.problems];
    throw error;
  }
}
