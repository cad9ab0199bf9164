/** What a command started by `exec` is told, and what `brickbox env` prints. */
export interface ChildEnvInput {
  /** Environment to start from. */
  inherited: Readonly<NodeJS.ProcessEnv>;
  controlUrl: string;
  controlToken: string;
  workspaceUrl: string;
  /** DATABRICKS_HOST, when it is not the workspace's loopback origin. */
  host?: string;
  apps: readonly { name: string; url: string }[];
  configFile: string;
  /** Profile of `--as`; undefined when the world has nobody. */
  profile: string | undefined;
  /** Variables naming certificate bundles of the run, when it has them. */
  caEnv?: Readonly<Record<string, string>>;
}

/** Variables of Brickbox for a command, without the inherited ones. */
export function brickboxEnv(input: Omit<ChildEnvInput, 'inherited'>): Record<string, string> {
  const [first] = input.apps;
  return {
    ...input.caEnv,
    BRICKBOX_URL: input.controlUrl,
    BRICKBOX_TOKEN: input.controlToken,
    BRICKBOX_WORKSPACE_URL: input.workspaceUrl,
    ...(first && { BRICKBOX_APP_URL: first.url }),
    ...Object.fromEntries(input.apps.map(({ name, url }) => [`BRICKBOX_APP_URL_${envName(name)}`, url])),
    DATABRICKS_HOST: input.host ?? input.workspaceUrl,
    DATABRICKS_CONFIG_FILE: input.configFile,
    // With a host in the environment the SDKs read the file only when a profile is named
    // (code: databricks-sdk-py config.py `_known_file_config_loader`).
    ...(input.profile !== undefined && { DATABRICKS_CONFIG_PROFILE: input.profile }),
  };
}

/** Names of inherited variables that must not reach a command: it could meet a real workspace. */
export function inheritedDatabricks(inherited: Readonly<NodeJS.ProcessEnv>): string[] {
  return Object.keys(inherited).filter((name) => name.toUpperCase().startsWith('DATABRICKS_'));
}

/** The whole environment of a command. */
export function childEnv(input: ChildEnvInput): Record<string, string> {
  const removed = new Set(inheritedDatabricks(input.inherited));
  const kept = Object.entries(input.inherited).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !removed.has(entry[0]) && !entry[0].startsWith('BRICKBOX_APP_URL'),
  );
  return { ...Object.fromEntries(kept), ...brickboxEnv(input) };
}

/** `my-app` becomes `MY_APP`. */
function envName(app: string): string {
  return app.toUpperCase().replaceAll('-', '_');
}
