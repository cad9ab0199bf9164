import { ApiError } from '../core/index.ts';

/** Scopes of OpenID Connect; they open no API. */
export const oidcScopes: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];

/** Every app's user token carries these (docs: Databricks Apps, authorization). */
export const defaultAppScopes: readonly string[] = ['iam.access-control:read', 'iam.current-user:read'];

/** The scope that satisfies every other. Not for apps' user tokens. */
export const allApis = 'all-apis';

/** One entry of the list an app may put into `user_api_scopes`. */
export interface AppScope {
  name: string;
  /** Older spellings that mean the same. */
  aliases: readonly string[];
  opens: string;
}

/** What an app may ask of its users (docs: Databricks Apps, authorization; field: appkit#515 and app templates). */
export const appScopes: readonly AppScope[] = [
  { name: 'sql', aliases: [], opens: 'SQL warehouses, statements and drivers' },
  { name: 'sql.statement-execution', aliases: [], opens: 'the Statement Execution API' },
  { name: 'sql.warehouses:read', aliases: ['sql.warehouses'], opens: 'listing SQL warehouses' },
  { name: 'sql:restricted-query', aliases: [], opens: 'restricted query execution' },
  { name: 'postgres', aliases: [], opens: 'Lakebase' },
  { name: 'catalog.catalogs:read', aliases: ['catalog.catalogs'], opens: 'catalog metadata' },
  { name: 'catalog.schemas:read', aliases: ['catalog.schemas'], opens: 'schema metadata' },
  { name: 'catalog.tables:read', aliases: ['catalog.tables'], opens: 'table metadata' },
  { name: 'catalog.connections', aliases: [], opens: 'Unity Catalog connections' },
  { name: 'files', aliases: ['files.files'], opens: 'files in volumes' },
  { name: 'ai-gateway', aliases: [], opens: 'AI gateway and agent endpoints' },
  { name: 'model-serving', aliases: ['serving.serving-endpoints'], opens: 'model serving endpoints' },
  {
    name: 'vector-search',
    aliases: ['vectorsearch.vector-search-indexes', 'vectorsearch.vector-search-endpoints'],
    opens: 'vector search',
  },
  { name: 'genie', aliases: ['dashboards.genie'], opens: 'Genie spaces' },
  { name: 'workspace.workspace', aliases: [], opens: 'workspace files and folders' },
  { name: 'mcp.external', aliases: [], opens: 'external MCP servers' },
  { name: 'mcp.functions', aliases: [], opens: 'Unity Catalog functions over MCP' },
  { name: 'mcp.genie', aliases: [], opens: 'Genie over MCP' },
  { name: 'mcp.vectorsearch', aliases: [], opens: 'vector search over MCP' },
  { name: 'mcp.sql', aliases: [], opens: 'SQL over MCP' },
  { name: 'ai-functions', aliases: [], opens: 'AI functions' },
  { name: 'iam.access-control:read', aliases: [], opens: 'reading permissions' },
  { name: 'iam.current-user:read', aliases: [], opens: 'who the signed-in user is' },
];

/** Real scopes of the platform that an app cannot ask of its users (field). OAuth clients outside apps can. */
export const refusedAppScopes: readonly string[] = [
  allApis,
  'jobs',
  'clusters',
  'pipelines',
  'secrets',
  'catalog.volumes',
  'catalog.functions',
  'mlflow.experiments',
  'apps.apps',
  'vector-search.search',
  'unity-catalog',
  'authentication',
  'permissions',
  'dashboards.lakeview',
];

/** Further scopes of the REST reference that an OAuth client may name (docs: API scopes). */
const otherApiScopes: readonly string[] = [
  'access-management',
  'alerts',
  'apps',
  'clean-rooms',
  'cluster-policies',
  'command-execution',
  'dashboards',
  'dataquality',
  'database',
  'global-init-scripts',
  'iam',
  'instance-pools',
  'instance-profiles',
  'knowledge-assistants',
  'libraries',
  'marketplace',
  'mcp',
  'mlflow',
  'networking',
  'notifications',
  'provisioning',
  'qualitymonitor',
  'queries',
  'query-history',
  'scim',
  'settings',
  'sharing',
  'tags',
  'workspace',
];

const canonicalNames = new Map(
  appScopes.flatMap(({ name, aliases }) => [name, ...aliases].map((alias) => [alias, name] as const)),
);

/** The current name of a scope: older spellings are translated, everything else is returned as it is. */
export function canonicalScope(scope: string): string {
  return canonicalNames.get(scope) ?? scope;
}

/** Every scope the OAuth endpoints know, aliases included. */
export const knownScopes: readonly string[] = [
  ...new Set([...oidcScopes, ...canonicalNames.keys(), ...refusedAppScopes, ...otherApiScopes]),
];
const known = new Set(knownScopes);

/** Scopes of the list that the platform does not know. */
export function unknownScopes(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => !known.has(scope));
}

/**
 * The scope of a token that opens what is required, or null. A parent opens its children, cut at a dot or a
 * colon (`sql` opens `sql.statement-execution`; code: app-templates, e2e-chatbot), and `all-apis` opens all.
 * With a list, any one of it is enough.
 */
export function satisfiedBy(have: readonly string[], required: string | readonly string[]): string | null {
  for (const wanted of typeof required === 'string' ? [required] : required) {
    const found = have.find((scope) => opens(scope, wanted));
    if (found !== undefined) return found;
  }
  return null;
}

/** Whether a token with these scopes opens what is required (see `satisfiedBy`). */
export function satisfies(have: readonly string[], required: string | readonly string[]): boolean {
  return satisfiedBy(have, required) !== null;
}

function opens(have: string, wanted: string): boolean {
  if (have === allApis || have === wanted) return true;
  const mine = canonicalScope(have);
  const theirs = canonicalScope(wanted);
  return mine === theirs || theirs.startsWith(`${mine}.`) || theirs.startsWith(`${mine}:`);
}

/**
 * Checks `user_api_scopes` of an app.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE naming the first scope an app cannot have (field).
 */
export function checkAppScopes(scopes: readonly string[]): void {
  const wrong = scopes.find((scope) => !canonicalNames.has(scope));
  if (wrong === undefined) return;
  throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `The specified scope ${wrong} is not a valid scope`, {
    explanation: {
      rule: refusedAppScopes.includes(wrong)
        ? `the platform does not let apps ask their users for ${wrong}`
        : `${wrong} is no scope of the platform`,
      fix: 'Use a scope of the list for apps, or do this call as the app with its own service principal.',
    },
  });
}

/** `effective_user_api_scopes`: what the user token of an app carries, the defaults included. */
export function effectiveAppScopes(userApiScopes: readonly string[]): string[] {
  return [...new Set([...defaultAppScopes, ...userApiScopes])];
}

/** Scopes of a space-separated parameter, without repeats. */
export function parseScopes(text: string | undefined | null): string[] {
  return [...new Set((text ?? '').split(' ').filter(Boolean))];
}
