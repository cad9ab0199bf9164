import type { z } from 'zod';
import type { JournalEntry, Severity } from '../journal/index.ts';
import type { ControlTarget, RouteContext } from './define.ts';
import { ControlError } from './errors.ts';
import type { appView, clockView, personaView, statusView } from './schemas.ts';

type App = ControlTarget['apps'][number];

export function viewApp(app: App): z.input<typeof appView> {
  return {
    name: app.name,
    url: app.url,
    state: app.state,
    scopes: [...app.scopes],
    service_principal: {
      application_id: app.servicePrincipal.applicationId,
      display_name: app.servicePrincipal.displayName,
    },
  };
}

export function viewPersonas(target: ControlTarget): z.input<typeof personaView>[] {
  return target.personas().map(({ alias, userName, displayName, groups, sees }) => ({
    alias,
    user_name: userName,
    display_name: displayName,
    groups: [...groups],
    ...(sees !== undefined && { sees }),
  }));
}

export function viewClock({ clock }: ControlTarget): z.input<typeof clockView> {
  return { now: clock.now(), wall: clock.wall(), offset: clock.offset };
}

export function viewStatus(context: RouteContext): z.input<typeof statusView> {
  const { target } = context;
  const findings: Record<Severity, number> = { info: 0, warning: 0, leak: 0 };
  for (const { severity } of context.findings()) findings[severity] += 1;
  return {
    id: target.id,
    workspace_url: target.workspaceUrl,
    workspace_id: target.workspaceId,
    warehouse_id: target.warehouseId,
    egress_mode: target.egressMode,
    loosened: [...target.loosened],
    notes: [...context.notes],
    personas: viewPersonas(target),
    apps: target.apps.map(viewApp),
    clock: viewClock(target),
    journal: { last: target.journal.last, dropped: target.journal.dropped },
    findings,
    snapshots: target.snapshots(),
  };
}

/** @throws ControlError 404 naming the apps there are */
export function findApp(target: ControlTarget, name: string): App {
  const app = target.apps.find((candidate) => candidate.name === name);
  if (app) return app;
  const known = target.apps.map((candidate) => candidate.name).join(', ') || 'none';
  throw new ControlError(404, 'UNKNOWN_APP', `There is no app "${name}".`, `Apps of this sandbox: ${known}.`);
}

/** The user name or application id an entry is about, or null. */
export function principalOf(entry: JournalEntry): string | null {
  switch (entry.kind) {
    case 'exchange':
      return entry.persona;
    case 'token':
      return entry.principal;
    case 'call':
    case 'decision':
    case 'statement':
      return entry.caller?.principal ?? null;
    default:
      return null;
  }
}
