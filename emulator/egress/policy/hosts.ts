import { isIP } from 'node:net';

/** Lower case, without brackets of IPv6, a final dot, or the IPv4 prefix of a mapped address. */
export function normalizeHost(host: string): string {
  const bare = host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  return isIP(bare) === 6 ? bare.replace(/^::ffff:(?=\d+\.)/, '') : bare;
}

/** An address of this machine, or a name that always means it. */
export function isLoopback(host: string): boolean {
  const name = normalizeHost(host);
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (isIP(name) === 4) return name.startsWith('127.') || name === '0.0.0.0';
  return name === '::1' || name === '::';
}

const databricksZones = [
  'databricks.com',
  'databricks.us',
  'azuredatabricks.net',
  'databricks.azure.us',
  'databricks.azure.cn',
  'databricksapps.com',
  'databricksapps.us',
] as const;

/**
 * A name that belongs to a real workspace, account console or app. Tests must never reach one, whatever the
 * policy says.
 */
export function isDatabricksName(host: string): boolean {
  const name = normalizeHost(host);
  return databricksZones.some((zone) => name === zone || name.endsWith(`.${zone}`));
}

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A bare, fully qualified DNS name: no scheme, port, path, wildcard or address. */
export function isValidHostname(name: string): boolean {
  const labels = name.toLowerCase().split('.');
  return (
    name.length <= 253 &&
    labels.length >= 2 &&
    labels.every((part) => label.test(part)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

/** Exact match, or a leading `*.` for any deeper name (relaxed declarations only). */
export function matchesHost(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase();
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted;
}
