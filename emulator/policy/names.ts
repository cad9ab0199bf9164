import type { SecurableKind, SecurableRef } from './contract.ts';

/** The single node above all catalogs. */
export const metastore: SecurableRef = { kind: 'METASTORE', name: 'metastore' };

const dotted = new Set<SecurableKind>(['CATALOG', 'SCHEMA', 'TABLE', 'VIEW', 'FUNCTION', 'VOLUME']);

/** True for Unity Catalog securables, false for workspace objects with permission levels. */
export function isCatalogKind(kind: SecurableKind): boolean {
  return dotted.has(kind) || kind === 'METASTORE' || kind === 'CONNECTION';
}

/**
 * How a securable is kept: Unity Catalog names in lower case, and a view under TABLE, because tables and views
 * share one namespace and REST calls both TABLE (code: databricks-sdk-go service/catalog/model.go).
 */
export function canonical(ref: SecurableRef): SecurableRef {
  if (!isCatalogKind(ref.kind)) return ref;
  return { kind: ref.kind === 'VIEW' ? 'TABLE' : ref.kind, name: ref.name.toLowerCase() };
}

export function keyOf(ref: SecurableRef): string {
  return `${ref.kind} ${ref.name}`;
}

/** Containers of a canonical securable from the top down: catalog, then schema. The metastore grants nothing downwards. */
export function containersOf(ref: SecurableRef): SecurableRef[] {
  if (!dotted.has(ref.kind)) return [];
  const [catalog, schema, object] = ref.name.split('.');
  const found: SecurableRef[] = [];
  if (catalog !== undefined && schema !== undefined) found.push({ kind: 'CATALOG', name: catalog });
  if (schema !== undefined && object !== undefined) {
    found.push({ kind: 'SCHEMA', name: `${catalog}.${schema}` });
  }
  return found;
}

const words: Record<SecurableKind, string> = {
  METASTORE: 'Metastore',
  CATALOG: 'Catalog',
  SCHEMA: 'Schema',
  TABLE: 'Table',
  // Assumed: no recorded message of a view is known; REST calls a view a table, so the text does too.
  VIEW: 'Table',
  FUNCTION: 'Routine or Model',
  VOLUME: 'Volume',
  CONNECTION: 'Connection',
  APP: 'App',
  WAREHOUSE: 'SQL warehouse',
  SECRET_SCOPE: 'Secret scope',
  SERVING_ENDPOINT: 'Serving endpoint',
  JOB: 'Job',
};

/** The platform's words for a securable in messages: `Table 'main.sales.orders'` (field: live messages). */
export function describe(ref: SecurableRef): string {
  return ref.kind === 'METASTORE' ? words.METASTORE : `${words[ref.kind]} '${ref.name}'`;
}

/** The securable as it is written after ON in GRANT: `TABLE main.sales.orders`. */
export function inGrant(ref: SecurableRef): string {
  if (ref.kind === 'METASTORE') return 'METASTORE';
  return `${ref.kind} ${ref.name.split('.').map(quoteWhereNeeded).join('.')}`;
}

/** A principal or name part as SQL needs it: backticks around anything but letters, digits and underscore. */
export function quoteWhereNeeded(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

/**
 * Form in which principals are compared. User names are e-mail addresses and application ids are uuids, both
 * without case; group names keep theirs (assumed: field reports of `is_account_group_member`).
 */
export function principalKey(name: string): string {
  return name.includes('@') || /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(name) ? name.toLowerCase() : name;
}
