import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { BrickboxError } from '../core/index.ts';
import { type KnownNames, semanticProblems } from './checks.ts';
import { defaultApps, defaultPersonas, isAppFolder } from './default-world.ts';
import { isRecord, recordOf } from './plain-object.ts';
import { type Locate, schemaProblems, throwProblems } from './problems.ts';
import { type Config, configSchema } from './schema.ts';
import { readYaml } from './yaml-source.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface LoadOptions {
  /** Folder the command was called for. */
  folder: string;
  /** The file to read; default: brickbox.yaml or brickbox.yml of the folder. */
  file?: string;
  /** Apps to run instead of those of the file: `--app DIR`, repeatable. */
  apps?: readonly string[];
  env?: Env;
  names?: KnownNames;
}

/** A configuration that passed every check. */
export interface LoadedConfig {
  config: Config;
  /** Absolute path of the file; undefined: made up from the folder. */
  file: string | undefined;
  /** Absolute folder that relative paths of `config` start from. */
  folder: string;
  /** What was assumed, for the banner. */
  notes: readonly string[];
}

const fileNames = ['brickbox.yaml', 'brickbox.yml'];

/**
 * Reads and checks the configuration of a folder; without a file, makes up a sensible world.
 * @throws ConfigError with every problem and its place.
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const given = options.file === undefined ? undefined : resolve(options.folder, options.file);
  const present = fileNames.filter((name) => existsSync(join(options.folder, name)));
  const file = given ?? (present[0] === undefined ? undefined : resolve(options.folder, present[0]));
  if (file === undefined) return defaultWorld(options.folder, options);

  const source = readYaml(file);
  throwProblems(source.problems);
  if (source.value === undefined) {
    throw new BrickboxError('CONFIG_EMPTY', `${basename(file)} is empty.`, {
      at: { file, line: 1, column: 1 },
      fix: 'Remove the file to get the default world, or start with personas: and apps:.',
    });
  }
  const folder = dirname(file);
  const notes =
    given === undefined && present.length > 1
      ? ['brickbox.yaml and brickbox.yml are both there; brickbox.yaml is used.']
      : [];
  const filled = isRecord(source.value) ? fillGaps(source.value, folder, options, notes) : source.value;
  const config = check(filled, { ...options, folder }, (path, on) => source.locate(path, on));
  return { config, file, folder, notes };
}

/**
 * The world of a folder without brickbox.yaml: an admin, an ordinary and a low-privilege user, and the apps
 * its databricks.yml or its files describe.
 * @throws ConfigError, for example for a valueFrom that finds nothing.
 */
export function defaultWorld(
  folder: string,
  options: Omit<LoadOptions, 'folder' | 'file'> = {},
): LoadedConfig {
  const base = resolve(folder);
  const notes = [`No brickbox.yaml in ${base}: the default world is used.`];
  const input = fillGaps({}, base, { ...options, folder: base }, notes, true);
  return { config: resolveConfig(input, { ...options, folder: base }), file: undefined, folder: base, notes };
}

/** Checks a configuration that was given as an object. @throws ConfigError with every problem. */
export function resolveConfig(
  input: unknown,
  options: { folder: string; file?: string; env?: Env; names?: KnownNames },
): Config {
  const file = options.file ?? 'configuration';
  return check(input, options, (path) => ({
    file,
    ...(path.length > 0 ? { field: path.map(String).join('.') } : {}),
  }));
}

/** Values of all secrets: scope, then key. @throws ConfigError when an environment variable is missing. */
export function secretValues(
  config: Pick<Config, 'secrets'>,
  env: Env = process.env,
): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(config.secrets).map(([scope, keys]) => [
      scope,
      Object.fromEntries(
        Object.entries(keys).map(([key, source]) => [
          key,
          'value' in source ? source.value : variable(source.env, `${scope}/${key}`, env),
        ]),
      ),
    ]),
  );
}

function variable(name: string, secret: string, env: Env): string {
  const value = env[name];
  if (value !== undefined) return value;
  throw new BrickboxError(
    'CONFIG_SECRET_ENV_MISSING',
    `The secret ${secret} comes from the environment variable ${name}, which is not set.`,
    { fix: `Set it: export ${name}=...` },
  );
}

function check(
  input: unknown,
  options: { folder: string; env?: Env; names?: KnownNames },
  locate: Locate,
): Config {
  const parsed = configSchema.safeParse(input);
  const problems = [
    ...(parsed.success ? [] : schemaProblems(parsed.error.issues, input, locate)),
    ...semanticProblems(input, {
      folder: resolve(options.folder),
      env: options.env ?? process.env,
      names: options.names ?? {},
      locate,
    }),
  ];
  throwProblems(problems);
  if (parsed.success) return parsed.data;
  throw new BrickboxError('CONFIG_INVALID', parsed.error.message);
}

/** Personas and apps that the file does not mention at all come from the default world, and a note says so. */
function fillGaps(
  given: Record<string, unknown>,
  folder: string,
  options: LoadOptions,
  notes: string[],
  withoutFile = false,
): Record<string, unknown> {
  const filled = { ...given };
  if (!('personas' in filled)) {
    filled['personas'] = defaultPersonas();
    notes.push(`Personas: ${Object.keys(defaultPersonas()).join(', ')} (none are configured).`);
  }
  const wanted = options.apps ?? ('apps' in filled ? [] : appFolders(options.folder, folder, withoutFile));
  if (wanted.length === 0) return filled;
  const apps: Record<string, unknown> = {};
  for (const one of wanted) {
    const derived = defaultApps(resolve(options.folder, one), {
      base: folder,
      secrets: secretNames(filled['secrets']),
      users: userNames(filled['personas']),
      ...(options.env ? { env: options.env } : {}),
    });
    const configured = configuredFor(given, folder, resolve(options.folder, one));
    Object.assign(apps, Object.keys(configured).length > 0 ? configured : derived.value);
    if (Object.keys(configured).length === 0) notes.push(...derived.notes);
  }
  return { ...filled, apps };
}

/** With a file that has no `apps:`, only a folder that says it is an app is taken for one. */
function appFolders(called: string, folder: string, withoutFile: boolean): string[] {
  if (withoutFile) return [folder];
  return [...new Set([resolve(called), folder])].filter(isAppFolder).slice(0, 1);
}

/** Entries of `apps:` whose files are in `source`. */
function configuredFor(
  given: Record<string, unknown>,
  folder: string,
  source: string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(recordOf(given['apps'])).filter(([, app]) => {
      const path = recordOf(app)['source_code_path'];
      return relative(resolve(folder, typeof path === 'string' ? path : '.'), source) === '';
    }),
  );
}

const secretNames = (secrets: unknown) =>
  Object.entries(recordOf(secrets)).flatMap(([scope, keys]) =>
    Object.keys(recordOf(keys)).map((key) => `${scope}/${key}`),
  );

const userNames = (personas: unknown) =>
  Object.values(recordOf(personas)).flatMap((persona) => {
    const name = recordOf(persona)['user_name'];
    return typeof name === 'string' ? [name] : [];
  });
