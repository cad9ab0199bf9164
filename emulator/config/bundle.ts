import { dirname, resolve } from 'node:path';
import { findBundle, mergeBundle } from './bundle-files.ts';
import { interpolate, type Scope, type Unresolved } from './interpolate.ts';
import { isRecord, listOf, recordOf } from './plain-object.ts';
import { type AppConfig, type AppResource, appSchema, resourceSchema } from './schema.ts';

/** One app of a bundle, references replaced as far as they can be without a workspace. */
export interface BundleApp {
  key: string;
  name: string;
  /** Absolute folder of its files; undefined for an app from a git source. */
  folder: string | undefined;
  description: string | undefined;
  userApiScopes: readonly string[];
  resources: readonly AppResource[];
  permissions: AppConfig['permissions'];
  config: AppConfig['config'];
}

/** What a sandbox needs from `databricks.yml`. */
export interface Bundle {
  file: string;
  name: string | undefined;
  target: string;
  apps: readonly BundleApp[];
  /** References that need a workspace or a value. */
  unresolved: readonly Unresolved[];
  /** Things that were left out, each with its reason. */
  warnings: readonly string[];
}

export interface ReadBundleOptions {
  /** Target; default: the one marked `default: true`, else the first. */
  target?: string;
  env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the apps of the bundle `folder` belongs to: includes, one target, variables with defaults or
 * `BUNDLE_VAR_<name>`, simple references. Undefined when there is no bundle.
 * @throws ConfigError when one of its files is not valid YAML.
 */
export function readBundle(folder: string, options: ReadBundleOptions = {}): Bundle | undefined {
  const file = findBundle(folder);
  if (file === undefined) return undefined;
  const { root, target } = mergeBundle(file, options.target);
  const scope: Scope = {
    root,
    known: {
      'bundle.target': target,
      'bundle.environment': target,
      'workspace.file_path': dirname(file),
      'workspace.root_path': dirname(file),
    },
    env: options.env ?? process.env,
  };
  const unresolved: Unresolved[] = [];
  const warnings: string[] = [];
  const apps = Object.entries(recordOf(recordOf(root['resources'])['apps'])).flatMap(([key, given]) => {
    if (!isRecord(given)) {
      warnings.push(`${file}: resources.apps.${key} is not a map; left out.`);
      return [];
    }
    const app = recordOf(interpolate(given, `apps.${key}`, scope, unresolved));
    return [readApp(key, app, dirname(file), warnings)];
  });
  const name = recordOf(root['bundle'])['name'];
  return { file, name: typeof name === 'string' ? name : undefined, target, apps, unresolved, warnings };
}

function readApp(key: string, app: Record<string, unknown>, folder: string, warnings: string[]): BundleApp {
  const path = app['source_code_path'];
  const { name, description } = app;
  return {
    key,
    name: typeof name === 'string' && !name.includes('${') ? name : key,
    folder: typeof path === 'string' && !path.includes('${') ? resolve(folder, path) : undefined,
    description: typeof description === 'string' ? description : undefined,
    userApiScopes: listOf(app['user_api_scopes']).filter((scope) => typeof scope === 'string'),
    resources: listOf(app['resources']).flatMap((given, index) => {
      const read = resourceSchema.safeParse(withoutOutputs(given));
      if (read.success) return [read.data];
      warnings.push(leftOut(`apps.${key}.resources.${index}`, read.error.issues));
      return [];
    }),
    permissions: listOf(app['permissions']).flatMap((given, index) => {
      const read = appSchema.shape.permissions.unwrap().element.safeParse(given);
      if (read.success) return [read.data];
      warnings.push(leftOut(`apps.${key}.permissions.${index}`, read.error.issues));
      return [];
    }),
    config: readConfig(key, app['config'], warnings),
  };
}

/** `config.env[].valueFrom` is ignored by the CLI with a warning (code: databricks-cli acceptance/bundle/apps). */
function readConfig(key: string, given: unknown, warnings: string[]): AppConfig['config'] {
  if (!isRecord(given)) return undefined;
  const env = listOf(given['env']).flatMap((entry) => {
    if (!isRecord(entry) || !('valueFrom' in entry)) return [entry];
    warnings.push(
      `apps.${key}.config.env: valueFrom of ${String(entry['name'])} is ignored; in databricks.yml it is spelled value_from.`,
    );
    return [];
  });
  const texts = env.map((entry) =>
    isRecord(entry)
      ? Object.fromEntries(
          Object.entries(entry).map(([name, value]) => [
            name,
            typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
          ]),
        )
      : entry,
  );
  const read = appSchema.shape.config.safeParse({ ...pick(given, 'command'), env: texts });
  if (read.success) return read.data;
  warnings.push(leftOut(`apps.${key}.config`, read.error.issues));
  return undefined;
}

const pick = (from: Record<string, unknown>, key: string) =>
  from[key] === undefined ? {} : { [key]: from[key] };

/** `securable_kind` is a field of the response that people paste back. */
function withoutOutputs(given: unknown): unknown {
  if (!isRecord(given) || !isRecord(given['uc_securable'])) return given;
  const { securable_kind: _, ...rest } = given['uc_securable'];
  return { ...given, uc_securable: rest };
}

const leftOut = (field: string, issues: readonly { path: readonly PropertyKey[]; message: string }[]) =>
  `databricks.yml: ${field} was left out: ${issues.map((issue) => [issue.path.map(String).join('.'), issue.message].filter(Boolean).join(': ')).join('; ')}.`;
