import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { readAppYaml } from './app-yaml.ts';
import { type Bundle, type BundleApp, readBundle } from './bundle.ts';
import type { ConfigInput } from './schema.ts';

type AppInput = NonNullable<ConfigInput['apps']>[string];
type ResourceInput = NonNullable<AppInput['resources']>[number];

/** Part of a configuration made up from the files of a folder, with what to tell the user about it. */
export interface Derived<T> {
  value: T;
  /** Lines for the banner. */
  notes: readonly string[];
}

export interface DeriveOptions {
  /** Folder relative paths start from. Default: the app's folder. */
  base?: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** Secrets that have a value, as `scope/key`. */
  secrets?: readonly string[];
  /** User names of the personas. */
  users?: readonly string[];
}

/** The three people of a world nobody configured. */
export function defaultPersonas(): NonNullable<ConfigInput['personas']> {
  return {
    admin: { user_name: 'admin@brickbox.test', display_name: 'Workspace admin', groups: ['admins'] },
    user: { user_name: 'user@brickbox.test', display_name: 'Ordinary user' },
    guest: {
      user_name: 'guest@brickbox.test',
      display_name: 'Low-privilege user',
      entitlements: ['workspace-access'],
    },
  };
}

/** True when the folder says by itself that it is a Databricks app. */
export function isAppFolder(folder: string): boolean {
  return ['app.yaml', 'app.yml'].some((name) => existsSync(join(folder, name)));
}

/**
 * The apps of a folder nobody configured: those of its bundle (the one whose source is this folder, or all of
 * them when the folder is the bundle's own), else one app made of the folder's files.
 */
export function defaultApps(folder: string, options: DeriveOptions = {}): Derived<Record<string, AppInput>> {
  const base = options.base ?? folder;
  const bundle = readBundle(folder, options.env ? { env: options.env } : {});
  const found = bundle ? chooseApps(bundle, folder) : [];
  if (bundle && found.length > 0) {
    const derived = found.map((app) => fromBundle(app, bundle, base, options));
    return {
      value: Object.fromEntries(derived.map(({ value }) => [value.name, value.app])),
      notes: [
        `Apps from ${relative(base, bundle.file) || basename(bundle.file)} (target ${bundle.target}).`,
        ...bundle.warnings,
        ...derived.flatMap(({ notes }) => notes),
      ],
    };
  }
  if (!hasSomethingToRun(folder))
    return { value: {}, notes: ['No app in this folder: the workspace runs alone.'] };
  const name = validName(basename(resolve(folder)));
  return {
    value: {
      [name]: {
        source_code_path: relative(base, folder) || '.',
        user_api_scopes: ['sql'],
        resources: [{ name: warehouseKey(folder), sql_warehouse: { id: 'default', permission: 'CAN_USE' } }],
        permissions: everyone(),
      },
    },
    notes: [`The app ${name} gets one SQL warehouse (${warehouseKey(folder)}) and the scope sql.`],
  };
}

const everyone = (): NonNullable<AppInput['permissions']> => [{ group_name: 'users', level: 'CAN_USE' }];

function chooseApps(bundle: Bundle, folder: string): BundleApp[] {
  const here = bundle.apps.filter((app) => app.folder === resolve(folder));
  if (here.length > 0) return here;
  if (resolve(folder) !== resolve(bundle.file, '..')) return [];
  return bundle.apps.filter((app) => app.folder !== undefined && existsSync(app.folder));
}

function fromBundle(
  app: BundleApp,
  bundle: Bundle,
  base: string,
  options: DeriveOptions,
): { value: { name: string; app: AppInput }; notes: string[] } {
  const name = validName(app.name);
  const notes = name === app.name ? [] : [`The app ${app.name} runs as ${name}: that is a valid app name.`];
  const resources = app.resources.flatMap((resource): ResourceInput[] => {
    if (resource.sql_warehouse)
      return [{ ...resource, sql_warehouse: { ...resource.sql_warehouse, id: 'default' } }];
    const { secret } = resource;
    if (secret && !(options.secrets ?? []).includes(`${secret.scope}/${secret.key}`)) {
      notes.push(
        `The resource ${resource.name} was left out: the secret ${secret.scope}/${secret.key} has no value. ` +
          `Add secrets: { ${secret.scope}: { ${secret.key}: { value: ... } } } to brickbox.yaml.`,
      );
      return [];
    }
    return [resource];
  });
  const missing = bundle.unresolved.filter(
    (one) => one.field.startsWith(`apps.${app.key}.`) && !one.field.endsWith('sql_warehouse.id'),
  );
  notes.push(...missing.map((one) => `\${${one.reference}} in ${one.field} stays as it is: ${one.why}.`));
  const permissions = app.permissions.filter((one) => {
    const known = one.group_name !== undefined || (options.users ?? []).includes(one.user_name ?? '');
    if (!known) {
      notes.push(
        `The permission of ${one.user_name ?? one.service_principal_name} on ${name} was left out: no persona has that name.`,
      );
    }
    return known;
  });
  return {
    value: {
      name,
      app: {
        source_code_path: (app.folder && relative(base, app.folder)) || '.',
        ...(app.description === undefined ? {} : { description: app.description }),
        user_api_scopes: [...app.userApiScopes],
        resources,
        permissions: [...permissions, ...everyone()],
        ...(app.config === undefined ? {} : { config: app.config }),
      },
    },
    notes,
  };
}

/** `sql-warehouse` is what the platform's UI proposes; `warehouse` is common in hand-written files. */
function warehouseKey(folder: string): string {
  const used = (readAppYaml(folder)?.env ?? []).flatMap((entry) => entry.valueFrom ?? []);
  return used.find((key) => /^(sql[-_]?)?warehouse([-_]?id)?$/i.test(key)) ?? 'sql-warehouse';
}

function hasSomethingToRun(folder: string): boolean {
  if (isAppFolder(folder) || existsSync(join(folder, 'package.json'))) return true;
  return existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.py'));
}

/** Lower-case letters, digits and hyphens, 2 to 30 characters. */
function validName(given: string): string {
  const name = given
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
    .replace(/^-+|-+$/g, '');
  return name.length >= 2 ? name : `app-${name}`.replace(/-$/, '');
}
