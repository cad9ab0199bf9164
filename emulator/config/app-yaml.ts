import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BrickboxError, type SourcePosition } from '../core/index.ts';
import { isRecord } from './plain-object.ts';
import { throwProblems } from './problems.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** One entry of `env:`. Exactly one of `value` and `valueFrom` is there. */
export type AppYamlEnv = { name: string; at: SourcePosition } & (
  | { value: string; valueFrom?: undefined }
  | { value?: undefined; valueFrom: string }
);

/** What `app.yaml` says. */
export interface AppYaml {
  file: string;
  /** Command as written; undefined: the default command. */
  command: readonly string[] | undefined;
  env: readonly AppYamlEnv[];
  /** Things the platform ignores and the author may not expect it to. */
  warnings: readonly string[];
}

/** Keys people put here although they belong to the app's resource definition. */
const misplaced: Record<string, string> = {
  user_authorization: 'scopes are set as user_api_scopes of the app',
  oauth_scopes: 'scopes are set as user_api_scopes of the app',
  user_api_scopes: 'scopes are set as user_api_scopes of the app',
  scopes: 'scopes are set as user_api_scopes of the app',
  resources: 'resources are declared on the app',
  permissions: 'permissions are set on the app',
};

/**
 * Reads `app.yml` or `app.yaml` of an app's folder (docs: Apps, app.yaml; code: databricks-cli
 * libs/apps/runlocal, which looks for app.yml first). Undefined when there is none.
 * @throws ConfigError with every structural problem, as the platform refuses to deploy such a file.
 */
export function readAppYaml(folder: string): AppYaml | undefined {
  const present = ['app.yml', 'app.yaml'].filter((name) => existsSync(join(folder, name)));
  const [name] = present;
  if (name === undefined) return undefined;
  const source = readYaml(join(folder, name));
  throwProblems(source.problems);
  const warnings = present.length > 1 ? ['app.yml and app.yaml are both there; app.yml is used.'] : [];
  const root = source.value ?? {};
  if (!isRecord(root)) {
    throwProblems([bad(source, [], `${name} must be a map with command and env.`)]);
    return undefined;
  }
  const problems: BrickboxError[] = [];
  const command = readCommand(root['command'], source, problems);
  const env = readEnv(root['env'], source, problems);
  throwProblems(problems);
  return { file: source.file, command, env, warnings: [...warnings, ...ignoredKeys(root, name)] };
}

function ignoredKeys(root: Record<string, unknown>, file: string): string[] {
  return Object.keys(root)
    .filter((key) => key !== 'command' && key !== 'env')
    .map((key) =>
      misplaced[key] === undefined
        ? `${file}: the platform ignores the key ${key}.`
        : `${file}: the platform ignores ${key} here; ${misplaced[key]} (databricks.yml or brickbox.yaml).`,
    );
}

function readCommand(given: unknown, source: YamlSource, problems: BrickboxError[]): string[] | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'string') {
    const words = given
      .trim()
      .split(/\s+/)
      .map((word) => JSON.stringify(word));
    problems.push(
      bad(
        source,
        ['command'],
        'command must be a list: the platform starts it without a shell.',
        `Write command: [${words.join(', ')}]`,
      ),
    );
    return undefined;
  }
  if (!Array.isArray(given)) {
    problems.push(bad(source, ['command'], 'command must be a list of words.'));
    return undefined;
  }
  if (given.length === 0) {
    problems.push(
      bad(source, ['command'], 'command is an empty list.', 'Name a program, or remove the key.'),
    );
    return undefined;
  }
  return given.flatMap((_, index) => {
    const text = source.scalarText(['command', index]);
    if (text !== undefined) return [text];
    problems.push(bad(source, ['command', index], 'Each word of command must be text.'));
    return [];
  });
}

function readEnv(given: unknown, source: YamlSource, problems: BrickboxError[]): AppYamlEnv[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) {
    problems.push(
      bad(
        source,
        ['env'],
        'env must be a list of entries with name and value or valueFrom.',
        'Write - name: X',
      ),
    );
    return [];
  }
  return given.flatMap((entry: unknown, index) => {
    const read = readEntry(entry, index, source, problems);
    return read ? [read] : [];
  });
}

function readEntry(
  entry: unknown,
  index: number,
  source: YamlSource,
  problems: BrickboxError[],
): AppYamlEnv | undefined {
  const path = ['env', index];
  const fail = (at: PropertyKey[], message: string, fix?: string) => {
    problems.push(bad(source, at, message, fix));
    return undefined;
  };
  if (!isRecord(entry)) return fail(path, 'An entry of env must be a map with name and value or valueFrom.');
  const name = source.scalarText([...path, 'name']);
  if (!name) return fail(path, 'An entry of env has no name.');
  if (!/^[^=\0]+$/.test(name)) return fail([...path, 'name'], `${name} cannot be the name of a variable.`);
  const at = source.locate(path);
  if (isRecord(entry['valueFrom'])) {
    return fail(
      [...path, 'valueFrom'],
      `valueFrom of ${name} is a map; the platform reads a resource key there.`,
      'Write valueFrom: followed by the key of a resource.',
    );
  }
  if ('value_from' in entry) {
    return fail(
      [...path, 'value_from'],
      `${name} uses value_from, which app.yaml does not know.`,
      'Write valueFrom; value_from is the spelling of databricks.yml.',
    );
  }
  const value = source.scalarText([...path, 'value']);
  const valueFrom = source.scalarText([...path, 'valueFrom']);
  if (value !== undefined && valueFrom !== undefined) {
    return fail(path, `${name} has both value and valueFrom.`, 'Keep one of them.');
  }
  if (valueFrom) return { name, valueFrom, at };
  if (value !== undefined) return { name, value, at };
  return fail(path, `${name} has neither a value nor a valueFrom.`, 'Add one of them.');
}

function bad(source: YamlSource, path: readonly PropertyKey[], message: string, fix?: string): BrickboxError {
  return new BrickboxError('CONFIG_APP_YAML', `${basename(source.file)}: ${message}`, {
    at: source.locate(path),
    ...(fix === undefined ? {} : { fix }),
  });
}
