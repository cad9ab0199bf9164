import type { Directory } from './service.ts';

/** People and service principals of a configuration, by persona alias. */
export interface DirectorySeed {
  personas?: Readonly<
    Record<
      string,
      {
        userName: string;
        displayName?: string | undefined;
        groups?: readonly string[] | undefined;
        entitlements?: readonly string[] | undefined;
      }
    >
  >;
  servicePrincipals?: Readonly<
    Record<string, { displayName?: string | undefined; groups?: readonly string[] | undefined }>
  >;
}

/** Adds the people of a configuration to an empty directory; one that has somebody is left alone. */
export function seedDirectory(directory: Directory, seed: DirectorySeed): void {
  if (directory.users().length + directory.servicePrincipals().length > 0) return;
  for (const [alias, { userName, displayName, groups, entitlements }] of Object.entries(
    seed.personas ?? {},
  )) {
    directory.addUser({
      alias,
      userName,
      ...(displayName === undefined ? {} : { displayName }),
      ...(groups ? { groups } : {}),
      ...(entitlements ? { entitlements } : {}),
    });
  }
  for (const [alias, { displayName, groups }] of Object.entries(seed.servicePrincipals ?? {})) {
    directory.addServicePrincipal({
      alias,
      displayName: displayName ?? alias,
      ...(groups ? { groups } : {}),
    });
  }
}
