import type { Secrets } from '../../core/index.ts';
import type { AppClient, Principal } from '../../identity/index.ts';
import type { Answer } from '../answer.ts';
import type { GatewayOptions } from '../contract.ts';
import type { CookieNames } from '../cookies.ts';
import type { Exchange } from '../exchange.ts';
import type { Findings } from '../findings.ts';
import type { Recent } from '../recent.ts';
import type { Sealer } from '../seal.ts';
import type { Sessions } from '../sessions.ts';
import type { GatewaySettings } from '../settings.ts';

/** What the steps share: one per gateway. */
export interface Front {
  readonly options: GatewayOptions;
  readonly settings: GatewaySettings;
  /** The app's OAuth client. */
  readonly client: AppClient;
  /** Own origin, `http://127.0.0.1:PORT`; the only host that is answered. */
  readonly origin: string;
  readonly host: string;
  readonly cookies: CookieNames;
  readonly sessions: Sessions;
  readonly sealer: Sealer;
  readonly secrets: Secrets;
  readonly findings: Findings;
  /** Who was found to hold CAN_USE, by session or token id, at which version of the policy. */
  readonly allowed: Recent<{ version: number; principal: Principal }>;
}

/**
 * One rule of the decision table. It answers, or lets the exchange go on to the next rule by returning
 * undefined. Only rules that must wait return a promise: a signed-in request crosses the table without one.
 */
export type Step = (exchange: Exchange, front: Front) => Answer | undefined | Promise<Answer | undefined>;
