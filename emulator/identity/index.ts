export { createIdentity, type IdentityOptions } from './identity.ts';
export { identityMigrations, outsideMigrations } from './migrations.ts';
export type { ConsentMode } from './oidc/parts.ts';
export {
  type AppScope,
  appScopes,
  canonicalScope,
  checkAppScopes,
  defaultAppScopes,
  effectiveAppScopes,
  oidcScopes,
  parseScopes,
  refusedAppScopes,
  satisfiedBy,
  satisfies,
} from './scopes.ts';
export { type DirectorySeed, seedDirectory } from './seed.ts';
export type {
  AppClient,
  Consents,
  Directory,
  FederationPolicies,
  FederationPolicy,
  Identity,
  Integration,
  Integrations,
  Membership,
  MintedToken,
  MintRequest,
  OidcFederation,
  PatFacts,
  SecretFacts,
  TokenAccessPolicy,
  TokenFacts,
  TokenService,
} from './service.ts';
export { defaultKeyFolder, loadSigningKey, type SigningKey } from './signing-key.ts';
export type { Caller, Credential, Principal, ServicePrincipal, User } from './types.ts';
