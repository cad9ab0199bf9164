export type {
  AppClient,
  Consents,
  Directory,
  Identity,
  MintedToken,
  MintRequest,
  TokenService,
} from './service.ts';
export type { Caller, Credential, Principal, ServicePrincipal, User } from './types.ts';
