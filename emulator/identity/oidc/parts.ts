import type { Clock, Log, Secrets } from '../../core/index.ts';
import type { Journal } from '../../journal/index.ts';
import type { Store } from '../../state/index.ts';
import type { Clients } from '../clients.ts';
import type { InnerDirectory } from '../directory.ts';
import type { Consents, FederationPolicies, Integrations, TokenService } from '../service.ts';
import type { SigningKey } from '../signing-key.ts';
import type { SpSecrets } from '../sp-secrets.ts';
import type { Origins } from './origins.ts';

/**
 * When a person is asked what an app may do (assumed: seen in the field, not documented).
 * `sticky`: once per person and app, and the first answer stays; `prompt`: again when the app wants more;
 * `auto`: never, everything is granted.
 */
export type ConsentMode = 'sticky' | 'prompt' | 'auto';

/** What the OIDC endpoints are made of. */
export interface OidcParts {
  outside: Store;
  clock: Clock;
  secrets: Secrets;
  journal: Journal;
  log: Log;
  directory: InnerDirectory;
  clients: Clients;
  consents: Consents;
  consentMode: ConsentMode;
  tokens: TokenService;
  spSecrets: SpSecrets;
  federation: FederationPolicies;
  integrations: Integrations;
  origins: Origins;
  key: () => SigningKey;
  workspaceId: string;
  accountId: string;
  /** Part of every cookie name, because cookies ignore ports. */
  sandboxId: string;
}
