/** What a Thrift path names. */
export type ThriftTarget =
  | { kind: 'warehouse'; id: string }
  | { kind: 'cluster'; workspace: string; id: string };

/** Paths drivers are configured with; the old ones are still in use (reference sql-wire 3.1). Undefined: not Thrift. */
export function thriftTarget(path: string): ThriftTarget | undefined {
  const warehouse = /^\/sql\/[12]\.0\/(?:warehouses|endpoints)\/([^/]+)\/?$/.exec(path)?.[1];
  if (warehouse !== undefined) return { kind: 'warehouse', id: warehouse };
  const [, workspace, id] = /^\/sql\/protocolv1\/o\/(\d+)\/([^/]+)\/?$/.exec(path) ?? [];
  if (workspace !== undefined && id !== undefined) return { kind: 'cluster', workspace, id };
  return undefined;
}
