import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { EgressEntry } from '../journal/index.ts';

/** A row of `system.access.outbound_network` (docs: system tables, network). */
export interface OutboundNetworkRow {
  account_id: string;
  workspace_id: string;
  event_id: string;
  destination_type: 'DNS' | 'IP' | 'STORAGE';
  destination: string;
  dns_event: { domain_name: string; rcode: number } | null;
  storage_event: { hostname: string; path: string; rejection_reason: string } | null;
  /** Epoch milliseconds of the sandbox clock. */
  event_time: number;
  access_type: 'DROP' | 'DRY_RUN_DENIAL';
  network_source_type: 'Apps';
}

/** The only answer code the documentation shows, whatever the client saw. */
const documentedRcode = 3;

/**
 * Denied traffic of a journal as the platform logs it: denials only, one row for a destination and second,
 * because one connect makes several DNS queries.
 */
export function outboundNetworkRows(
  entries: readonly EgressEntry[],
  ids: { accountId: string; workspaceId: string },
): OutboundNetworkRow[] {
  const rows = new Map<string, OutboundNetworkRow>();
  for (const entry of entries) {
    if (entry.verdict === 'allowed') continue;
    const access = entry.verdict === 'denied' ? 'DROP' : 'DRY_RUN_DENIAL';
    const key = `${ids.workspaceId} ${entry.epoch} ${entry.host} ${access} ${Math.floor(entry.at / 1000)}`;
    if (rows.has(key)) continue;
    const byName = isIP(entry.host) === 0;
    rows.set(key, {
      account_id: ids.accountId,
      workspace_id: ids.workspaceId,
      event_id: eventId(`${key} ${entry.seq}`),
      destination_type: byName ? 'DNS' : 'IP',
      destination: entry.host,
      dns_event: byName ? { domain_name: entry.host, rcode: documentedRcode } : null,
      storage_event: null,
      event_time: entry.at,
      access_type: access,
      network_source_type: 'Apps',
    });
  }
  return [...rows.values()];
}

/** A UUID that is the same each time the same event is read. */
function eventId(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
