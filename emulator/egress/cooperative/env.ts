import { fileURLToPath } from 'node:url';

const preload = fileURLToPath(new URL('./shims/node-preload.cjs', import.meta.url));
const pythonFolder = fileURLToPath(new URL('./shims/python', import.meta.url));

/** Loopback never goes through the proxy: the workspace and other apps are there. */
const noProxy = '127.0.0.1,localhost,::1';

/**
 * What cooperative mode adds to an app's environment. `NODE_USE_ENV_PROXY` is left out on purpose: the preload
 * covers what it covers, and with it a denied `fetch` fails with "Request was cancelled" where the platform
 * fails with `EAI_AGAIN`.
 */
export function cooperativeEnv(
  env: Readonly<Record<string, string>>,
  gate: { port: number; app: string; token: string },
): Record<string, string> {
  const url = `http://${gate.app}:${gate.token}@127.0.0.1:${gate.port}`;
  const added: Record<string, string> = {
    EGRESS_GATE: url,
    NODE_OPTIONS: join(' ', `--require ${quoted(preload)}`, env['NODE_OPTIONS']),
    PYTHONPATH: join(':', pythonFolder, env['PYTHONPATH']),
    JAVA_TOOL_OPTIONS: join(' ', env['JAVA_TOOL_OPTIONS'], javaOptions(gate.port)),
  };
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']) {
    added[name] = url;
    added[name.toLowerCase()] = url;
  }
  added['NO_PROXY'] = noProxy;
  added['no_proxy'] = noProxy;
  return { ...env, ...added };
}

/** NODE_OPTIONS splits at spaces unless quoted; a backslash escapes (docs: Node CLI, NODE_OPTIONS). */
function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replace(/[\\"]/g, '\\$&')}"` : path;
}

function javaOptions(port: number): string {
  const schemes = ['http', 'https'];
  const proxy = schemes.map((scheme) => `-D${scheme}.proxyHost=127.0.0.1 -D${scheme}.proxyPort=${port}`);
  return [...proxy, '-Dhttp.nonProxyHosts=127.0.0.1|localhost'].join(' ');
}

function join(separator: string, ...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}
