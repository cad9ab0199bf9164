/** How a caller proved who it is. */
export type Credential = 'session' | 'obo' | 'm2m' | 'u2m' | 'pat' | 'federation' | 'control';

interface PrincipalBase {
  /** Decimal SCIM id, as a string. */
  id: string;
  displayName: string;
  active: boolean;
  /** Direct and nested groups by display name, system groups (`users`, `admins`, `account users`) included. */
  groups: readonly string[];
  entitlements: readonly string[];
}

export interface User extends PrincipalBase {
  kind: 'user';
  /** E-mail; the name in GRANT and in `current_user()`. */
  name: string;
}

export interface ServicePrincipal extends PrincipalBase {
  kind: 'service_principal';
  /** Application id (uuid) = OAuth client id; the name in GRANT and in `current_user()`. */
  name: string;
  /** App this service principal belongs to, if any. */
  app: string | null;
}

/** Someone who can call. Groups are not callers. */
export type Principal = User | ServicePrincipal;

/** The authenticated subject of one request. */
export interface Caller {
  principal: Principal;
  how: Credential;
  /** App acting for the user (OBO), or the app whose service principal calls; null otherwise. */
  app: string | null;
  /** OAuth client id the token was issued to, null for a PAT. */
  clientId: string | null;
  scopes: readonly string[];
  /** `jti` of the token, or the id of the PAT. */
  tokenId: string;
  /** Gateway exchange or session the token was minted for, when it was. */
  exchange: string | null;
  session: string | null;
}
