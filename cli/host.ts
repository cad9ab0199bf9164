import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Disposables, makeRunFolder } from '../emulator/core/index.ts';
import type { Control, Sandbox } from '../emulator/index.ts';
import { type ControlClient, createClient } from './client.ts';
import type { Context } from './context.ts';
import { UsageError } from './exit.ts';
import { createProgress } from './io.ts';
import type { LoadedConfig } from './platform.ts';
import { createProfiles, type Profile, profilesText } from './profiles.ts';
import { prepareRunsFolder, type Run, writePrivate, writeRun } from './run-file.ts';
import { callFolder, runFolder, type WhereOptions } from './where.ts';

export interface HostOptions extends WhereOptions {
  /** `auto`, `strict` or `cooperative` instead of the configuration's. */
  egress?: string;
  /** Start no app. */
  workspaceOnly?: boolean;
  /** A command will be run in the network of apps. */
  inside?: boolean;
  port?: number;
  controlPort?: number;
  runId?: string;
  log?: string | null;
}

/** A sandbox with its control API, as `dev`, `start` and `exec` run it. */
export interface Host {
  sandbox: Sandbox;
  control: Control;
  client: ControlClient;
  loaded: LoadedConfig;
  profiles: readonly Profile[];
  /** Ends the run and removes its files. */
  close(): Promise<void>;
}

/** What the host may be told while it runs. */
export interface HostHooks {
  /** Somebody asked the run to end through the control API. */
  onStop?: () => void;
  quiet?: boolean;
}

/** Reads the configuration the options mean. @throws BrickboxError */
export async function loadFor(context: Context, options: HostOptions): Promise<LoadedConfig> {
  const { loadConfig } = await context.platform();
  const folder = callFolder(context.io);
  const loaded = loadConfig({
    folder:
      options.config === undefined && options.app === undefined ? runFolder(context.io, options) : folder,
    ...(options.config !== undefined && { file: options.config }),
    ...(options.app !== undefined && { apps: options.app }),
    env: context.io.env,
  });
  if (options.egress === undefined) return loaded;
  if (options.egress !== 'auto' && options.egress !== 'strict' && options.egress !== 'cooperative') {
    throw new UsageError(`--egress is auto, strict or cooperative, not "${options.egress}".`);
  }
  const { config } = loaded;
  return { ...loaded, config: { ...config, egress: { ...config.egress, mode: options.egress } } };
}

/**
 * Starts a sandbox and its control API.
 * @throws BrickboxError when the configuration or an app is at fault; nothing is left running then
 */
export async function openHost(context: Context, options: HostOptions, hooks: HostHooks = {}): Promise<Host> {
  const progress = createProgress(context.io, hooks.quiet);
  const disposables = new Disposables();
  try {
    progress.step('Starting');
    const platform = await context.platform();
    const loaded = await loadFor(context, options);
    const sandbox = await platform.createSandbox({
      config: loaded.config,
      folder: loaded.folder,
      ...(loaded.file !== undefined && { file: loaded.file }),
      startApps: !options.workspaceOnly,
      ...(options.inside && { inside: true }),
      hidden: [prepareRunsFolder(context.io, runFolder(context.io, options))],
      ...(options.port !== undefined && { ports: { workspace: options.port } }),
      onProgress: (line) => progress.step(line),
    });
    disposables.use(sandbox);
    const secret = randomBytes(32).toString('hex');
    const control = await platform.createControl({
      sandbox,
      secret,
      log: createLog(context),
      coverage: () => platform.coverageTable(),
      notes: loaded.notes,
      ...(options.controlPort !== undefined && { port: options.controlPort }),
      ...(hooks.onStop && { onStop: hooks.onStop }),
    });
    disposables.use(control);
    const client = createClient(control.url, secret);
    const profiles = await createProfiles(client);
    return { sandbox, control, client, loaded, profiles, close: () => disposables.dispose() };
  } catch (error) {
    await disposables.dispose().catch(() => {});
    throw error;
  } finally {
    progress.done();
  }
}

/** Makes a host findable by other commands. Returns the run file's content and the function that removes it. */
export function publishRun(
  context: Context,
  host: Host,
  options: HostOptions,
): { run: Run; file: string; remove(): void } {
  const folder = runFolder(context.io, options);
  const runs = prepareRunsFolder(context.io, folder);
  const id = options.runId ?? randomBytes(4).toString('hex');
  const configFile = join(runs, `${id}.databrickscfg`);
  writePrivate(configFile, profilesText(host.profiles, host.profiles[0]?.name));
  const run: Run = {
    version: 1,
    id,
    pid: process.pid,
    url: host.control.url,
    token: host.client.token,
    folder,
    started_at: new Date().toISOString(),
    workspace_url: host.sandbox.workspaceUrl,
    apps: host.sandbox.apps.map(({ name, url }) => ({ name, url })),
    databricks_config_file: configFile,
    log: options.log ?? null,
  };
  const file = writeRun(runs, run);
  return {
    run,
    file,
    remove() {
      rmSync(file, { force: true });
      rmSync(configFile, { force: true });
    },
  };
}

/** A private configuration file for one command. */
export function temporaryProfiles(host: Host, chosen: string | undefined): { file: string; remove(): void } {
  const folder = makeRunFolder('profiles');
  const file = join(folder, 'databrickscfg');
  writePrivate(file, profilesText(host.profiles, chosen));
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function createLog(context: Context) {
  const write = (message: string) => context.io.stderr.write(`${message}\n`);
  const debug = Boolean(context.io.env['BRICKBOX_DEBUG']);
  return {
    info: (message: string) => {
      if (debug) write(message);
    },
    warn: write,
    error: write,
    debug: (message: string) => {
      if (debug) write(message);
    },
  };
}
