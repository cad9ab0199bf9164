export type { Caller, Principal } from '../identity/index.ts';
export type {
  Authorizer,
  Decision,
  Grant,
  Grants,
  Permissions,
  Policy,
  Privilege,
  SecurableKind,
  SecurableRef,
  Securables,
} from './contract.ts';
