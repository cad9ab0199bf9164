import type { Services } from '../../workspace/index.ts';

type PortApp = ReturnType<Services['ports']['apps']['list']>[number];

/** States of the two halves of an app and their observed sentences (reference apps-platform 6.2, 6.3). */
const states: Readonly<Record<string, { app: [string, string]; compute: [string, string] }>> = {
  running: {
    app: ['RUNNING', 'App has status: App is running'],
    compute: ['ACTIVE', 'App compute is active.'],
  },
  starting: {
    app: ['DEPLOYING', 'App is being deployed.'],
    compute: ['ACTIVE', 'App compute is active.'],
  },
  crashed: { app: ['CRASHED', 'App has crashed.'], compute: ['ACTIVE', 'App compute is active.'] },
  stopped: {
    app: ['UNAVAILABLE', 'App status is unavailable.'],
    compute: ['STOPPED', 'App compute is stopped.'],
  },
};

/** An app as the API shows it (code: databricks-sdk-py service/apps.py App); empty fields are left out. */
export function appBody(app: PortApp, { ports }: Services): object {
  const principal = ports.identity.directory.find(app.servicePrincipal);
  const state = states[app.state.toLowerCase()] ?? states['stopped'];
  return {
    name: app.name,
    url: app.url,
    ...(principal
      ? {
          service_principal_client_id: principal.name,
          service_principal_id: Number(principal.id),
          service_principal_name: principal.displayName,
        }
      : {}),
    app_status: { state: state?.app[0], message: state?.app[1] },
    compute_status: { state: state?.compute[0], message: state?.compute[1] },
  };
}
