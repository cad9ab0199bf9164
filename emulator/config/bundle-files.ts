import { existsSync, globSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isRecord, listOf, recordOf } from './plain-object.ts';
import { throwProblems } from './problems.ts';
import { readYaml } from './yaml-source.ts';

/** A bundle with its includes and its target merged, references not yet replaced. */
export interface MergedBundle {
  /** Its root file. */
  file: string;
  target: string;
  root: Record<string, unknown>;
}

const rootNames = ['databricks.yml', 'databricks.yaml', 'bundle.yml', 'bundle.yaml'];

/**
 * The root file of the bundle that `folder` belongs to: in the folder itself or above it, up to the top of
 * the git repository (code: databricks-cli searches upwards; the limit is ours, so that a stray file in a
 * parent of the checkout is not picked up).
 */
export function findBundle(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const name = rootNames.find((candidate) => existsSync(join(at, candidate)));
    if (name !== undefined) return join(at, name);
    if (existsSync(join(at, '.git')) || dirname(at) === at) return undefined;
  }
}

/** Reads a bundle with its includes and one target. @throws ConfigError when a file is not valid YAML. */
export function mergeBundle(file: string, wanted: string | undefined): MergedBundle {
  const main = readPart(file);
  let root: Record<string, unknown> = main;
  for (const pattern of listOf(main['include'])) {
    if (typeof pattern !== 'string') continue;
    for (const included of globSync(pattern, { cwd: dirname(file) }).sort()) {
      root = merge(root, readPart(join(dirname(file), included)));
    }
  }
  const targets = recordOf(root['targets']);
  const target = wanted ?? defaultTarget(targets);
  const { targets: _, ...shared } = root;
  const chosen = recordOf(targets[target]);
  const overrides = Object.fromEntries(
    ['resources', 'variables', 'workspace', 'bundle'].flatMap((key) =>
      key in chosen ? [[key, chosen[key]]] : [],
    ),
  );
  const variables = Object.fromEntries(
    Object.entries(recordOf(overrides['variables'])).map(([name, value]) => [
      name,
      isRecord(value) && ('default' in value || 'lookup' in value) ? value : { default: value },
    ]),
  );
  return { file, target, root: merge(shared, { ...overrides, variables }) };
}

function defaultTarget(targets: Record<string, unknown>): string {
  const names = Object.keys(targets);
  return names.find((name) => recordOf(targets[name])['default'] === true) ?? names[0] ?? 'default';
}

/** One file, with the source paths of its apps made absolute: they start from the file that declares them. */
function readPart(file: string): Record<string, unknown> {
  const source = readYaml(file);
  throwProblems(source.problems);
  const part = recordOf(source.value);
  const targets = recordOf(part['targets']);
  return {
    ...withPaths(part, file),
    ...('targets' in part
      ? {
          targets: Object.fromEntries(
            Object.entries(targets).map(([name, target]) => [name, withPaths(recordOf(target), file)]),
          ),
        }
      : {}),
  };
}

function withPaths(part: Record<string, unknown>, file: string): Record<string, unknown> {
  const resources = recordOf(part['resources']);
  if (!isRecord(resources['apps'])) return part;
  const apps = Object.entries(resources['apps']).map(([key, app]) => {
    const path = recordOf(app)['source_code_path'];
    if (!isRecord(app) || typeof path !== 'string' || isAbsolute(path) || path.startsWith('${'))
      return [key, app];
    return [key, { ...app, source_code_path: resolve(dirname(file), path) }];
  });
  return { ...part, resources: { ...resources, apps: Object.fromEntries(apps) } };
}

/** Maps are merged, lists of named things by name, other lists joined; the second one wins. */
function merge(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    if (isRecord(before) && isRecord(value)) result[key] = merge(before, value);
    else if (Array.isArray(before) && Array.isArray(value)) result[key] = mergeLists(before, value);
    else result[key] = value;
  }
  return result;
}

function mergeLists(base: readonly unknown[], over: readonly unknown[]): unknown[] {
  const result = [...base];
  for (const item of over) {
    const name = recordOf(item)['name'];
    const index = result.findIndex((one) => name !== undefined && recordOf(one)['name'] === name);
    if (index >= 0) result[index] = merge(recordOf(result[index]), recordOf(item));
    else result.push(item);
  }
  return result;
}
