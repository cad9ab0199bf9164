import type { Route } from '../define.ts';
import { appRoutes } from './apps.ts';
import { faultRoutes } from './faults.ts';
import { identityRoutes } from './identity.ts';
import { journalRoutes } from './journal.ts';
import { reportRoutes } from './reports.ts';
import { statusRoutes } from './status.ts';
import { worldRoutes } from './world.ts';

/** Every route of the control API, in the order of the document. */
export const routes: readonly Route[] = [
  ...statusRoutes,
  ...appRoutes,
  ...journalRoutes,
  ...identityRoutes,
  ...worldRoutes,
  ...faultRoutes,
  ...reportRoutes,
];
