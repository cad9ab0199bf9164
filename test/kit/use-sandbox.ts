import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { Actor, ConfigInput, Sandbox } from '../../emulator/index.ts';
import { rememberReasons } from './reasons.ts';

export interface KitOptions {
  /** A brickbox.yaml, or the configuration itself. Default: the nearest brickbox.yaml above the test file. */
  config?: string | ConfigInput;
  /** Folder that relative paths start from. Default: that of the configuration, else of the test file. */
  folder?: string;
  /** Folders of apps to run instead of those of the configuration. */
  apps?: readonly string[];
  /** Start the apps (default) or only the workspace. */
  startApps?: boolean;
  /** `each` (default): every test begins at the seed. `never`: tests see what earlier ones did. */
  reset?: 'each' | 'never';
  /** Opens the sandbox in another way than by configuration. */
  open?: () => Promise<Sandbox>;
}

/** An actor whose answers know why they were refused. */
export type TestActor = Actor;

/** The sandbox of a test file. Usable inside tests and hooks, not while the file is being read. */
export type TestSandbox = Omit<Sandbox, 'close' | typeof Symbol.asyncDispose>;

/**
 * One sandbox, with its app processes, for the tests of this file (or of the `describe` it is called in). It is
 * opened before the first test, reset to its seed before each one, and closed after the last.
 */
export function useSandbox(options: KitOptions = {}): TestSandbox {
  let current: Sandbox | undefined;
  const sandbox = (): Sandbox => {
    if (current) return current;
    throw new Error(
      'The sandbox opens before the first test runs. Use it inside test() or a hook, not at the top of the file.',
    );
  };

  beforeAll(async () => {
    const { testPath } = expect.getState();
    current = await (options.open ?? (() => openFor(options, testPath)))();
  }, 300_000);
  // The first test starts at the seed anyway.
  let fresh = true;
  beforeEach(async () => {
    if (!fresh && options.reset !== 'never') await sandbox().reset();
    fresh = false;
  });
  afterAll(async () => {
    await current?.close();
    current = undefined;
  }, 60_000);

  const withReasons = <Someone extends Pick<Actor, 'fetch'>>(someone: Someone): Someone => ({
    ...someone,
    fetch: async (path: string, init?: Parameters<Actor['fetch']>[1]) => {
      const before = sandbox().journal.last;
      return rememberReasons(await someone.fetch(path, init), sandbox().journal, before);
    },
  });

  return {
    get id() {
      return sandbox().id;
    },
    get caEnv() {
      return sandbox().caEnv;
    },
    get faults() {
      return sandbox().faults;
    },
    get egressReason() {
      return sandbox().egressReason;
    },
    get workspaceUrl() {
      return sandbox().workspaceUrl;
    },
    get workspaceHost() {
      return sandbox().workspaceHost;
    },
    get workspaceId() {
      return sandbox().workspaceId;
    },
    get warehouseId() {
      return sandbox().warehouseId;
    },
    get apps() {
      return sandbox().apps;
    },
    get clock() {
      return sandbox().clock;
    },
    get journal() {
      return sandbox().journal;
    },
    get loosened() {
      return sandbox().loosened;
    },
    get egressMode() {
      return sandbox().egressMode;
    },
    personas: () => sandbox().personas(),
    as: (name) => withReasons(sandbox().as(name)),
    asApp: (app) => withReasons(sandbox().asApp(app)),
    anonymous: () => withReasons(sandbox().anonymous()),
    createPat: (name, more) => sandbox().createPat(name, more),
    inside: (request) => sandbox().inside(request),
    egressReport: () => sandbox().egressReport(),
    findings: () => sandbox().findings(),
    reset: () => sandbox().reset(),
    snapshot: (name) => sandbox().snapshot(name),
    restore: (name) => sandbox().restore(name),
    snapshots: () => sandbox().snapshots(),
  };
}

async function openFor(options: KitOptions, testPath: string | undefined): Promise<Sandbox> {
  const api = await import('../../emulator/index.ts');
  const near = testPath === undefined ? process.cwd() : dirname(testPath);
  const more = { ...(options.startApps !== undefined && { startApps: options.startApps }) };
  if (typeof options.config === 'object') {
    return api.createSandbox({ config: options.config, folder: resolve(options.folder ?? near), ...more });
  }
  const folder = resolve(options.folder ?? nearestConfig(near) ?? near);
  const loaded = api.loadConfig({
    folder,
    ...(options.config !== undefined && { file: resolve(near, options.config) }),
    ...(options.apps && { apps: options.apps }),
  });
  return api.createSandbox({
    config: loaded.config,
    folder: loaded.folder,
    ...(loaded.file !== undefined && { file: loaded.file }),
    ...more,
  });
}

/** The nearest folder upwards that holds a brickbox.yaml. */
export function nearestConfig(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (['brickbox.yaml', 'brickbox.yml'].some((name) => existsSync(join(folder, name)))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
