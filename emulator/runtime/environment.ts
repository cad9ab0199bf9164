import { delimiter } from 'node:path';
import { type AppYaml, ConfigError } from '../config/index.ts';
import { BrickboxError } from '../core/index.ts';
import type { RuntimeOptions } from './contract.ts';

type Env = Record<string, string>;

/** Variables of the author: `env` of app.yaml, overridden by those of the deployment (docs: Apps API). */
export interface AuthorEnv {
  env: Env;
  /** Names of those that hold a secret. */
  secret: readonly string[];
}

/** Resolves `value` and `valueFrom`. @throws BrickboxError when a resource cannot be found or is not supported. */
export function authorEnv(options: RuntimeOptions, yaml: AppYaml | undefined): AuthorEnv {
  const env: Env = {};
  const secret: string[] = [];
  const fromResource = (name: string, key: string) => {
    env[name] = options.resolve(key);
    if (options.app.resources.find((one) => one.name === key)?.secret) secret.push(name);
  };
  for (const entry of yaml?.env ?? []) {
    if (entry.valueFrom === undefined) env[entry.name] = entry.value;
    else placed(() => fromResource(entry.name, entry.valueFrom), entry.at);
  }
  for (const entry of options.app.config?.env ?? []) {
    if (entry.value_from !== undefined) fromResource(entry.name, entry.value_from);
    else if (entry.value !== undefined) env[entry.name] = entry.value;
  }
  return { env, secret };
}

/** Gives an error of `run` the place in app.yaml when it has none. */
function placed(run: () => void, at: BrickboxError['at']): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof BrickboxError) || error instanceof ConfigError || error.at || !at) throw error;
    throw new BrickboxError(error.code, error.message, {
      at,
      kind: error.kind,
      ...(error.fix === undefined ? {} : { fix: error.fix }),
      cause: error,
    });
  }
}

export interface Place {
  port: number;
  /** Address the app is told to listen on. */
  listen: '127.0.0.1' | '0.0.0.0';
  home: string;
  temp: string;
  /** Folders before the user's PATH: the app's own venv. */
  pathFirst: readonly string[];
  userPath: string;
}

/**
 * The whole environment of an app: an allow-list (docs: Apps, system environment and environment variables;
 * values marked guess in our notes follow databricks-cli libs/apps/runlocal).
 */
export function appEnvironment(options: RuntimeOptions, place: Place, author: Env): Env {
  const port = String(place.port);
  return {
    ...locale(options.userEnv ?? process.env),
    ...options.caEnv,
    PATH: [...place.pathFirst, place.userPath].join(delimiter),
    HOME: place.home,
    TMPDIR: place.temp,
    DATABRICKS_APP_NAME: options.name,
    DATABRICKS_APP_PORT: port,
    DATABRICKS_APP_URL: options.appUrl,
    DATABRICKS_HOST: options.host,
    DATABRICKS_WORKSPACE_ID: options.workspaceId,
    DATABRICKS_CLIENT_ID: options.servicePrincipal.name,
    DATABRICKS_CLIENT_SECRET: options.clientSecret,
    PORT: port,
    UVICORN_PORT: port,
    FLASK_RUN_PORT: port,
    STREAMLIT_SERVER_PORT: port,
    GRADIO_SERVER_PORT: port,
    UVICORN_HOST: place.listen,
    FLASK_RUN_HOST: place.listen,
    STREAMLIT_SERVER_ADDRESS: place.listen,
    GRADIO_SERVER_NAME: place.listen,
    STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION: 'false',
    STREAMLIT_SERVER_ENABLE_CORS: 'false',
    STREAMLIT_SERVER_HEADLESS: 'true',
    STREAMLIT_BROWSER_GATHER_USAGE_STATS: 'false',
    GRADIO_ANALYTICS_ENABLED: 'false',
    PYTHONUNBUFFERED: '1',
    ...author,
  };
}

const localeNames = /^(LANG|LANGUAGE|LC_[A-Z]+)$/;

function locale(env: Readonly<Record<string, string | undefined>>): Env {
  return { LANG: 'C.UTF-8', ...choose(env, (name) => localeNames.test(name)) };
}

/** Settings of package managers an install may need: where packages come from and how to get there. */
const installNames = [
  /^(PIP|UV)_[A-Z0-9_]+$/,
  /^npm_config_(registry|.+:registry|\/\/.+|_auth|_authtoken|ca|cafile|strict_ssl|proxy|https_proxy|noproxy|cache|userconfig|globalconfig|offline|prefer_offline|fetch_.+)$/i,
  /^(https?|all|no)_proxy$/i,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/,
  /^(HOME|TMPDIR|USER|LOGNAME|XDG_[A-Z_]+|PYENV_[A-Z_]+|VOLTA_HOME|ASDF_[A-Z_]+|COREPACK_[A-Z_]+)$/,
];

/** Environment of install steps: the user's own package settings, and the author's variables as on the platform. */
export function installEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  path: string,
  author: Env,
): Env {
  return {
    ...locale(env),
    ...choose(env, (name) => installNames.some((pattern) => pattern.test(name))),
    PATH: path,
    ...author,
  };
}

function choose(env: Readonly<Record<string, string | undefined>>, wanted: (name: string) => boolean): Env {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && wanted(name) ? [[name, value]] : [],
    ),
  );
}
