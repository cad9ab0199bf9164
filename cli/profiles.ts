import type { ControlClient } from './client.ts';

/** One section of a Databricks configuration file. */
export interface Profile {
  name: string;
  host: string;
  token: string;
}

/** Who the default profile stands for. */
export interface DefaultActor {
  as?: string;
  asApp?: string;
}

/**
 * A profile for every persona and app. Tokens are personal access tokens: they survive a reset and do not
 * expire in the middle of a long run. An app with the name of a persona becomes `app-NAME`.
 */
export async function createProfiles(client: ControlClient): Promise<Profile[]> {
  const { personas, apps, workspace_url } = await client.call('GET /v1/status');
  const aliases = new Set(personas.map(({ alias }) => alias));
  const wanted = [
    ...personas.map(({ alias, user_name }) => ({ name: alias, principal: user_name })),
    ...apps.map(({ name, service_principal }) => ({
      name: aliases.has(name) ? `app-${name}` : name,
      principal: service_principal.application_id,
    })),
  ];
  return Promise.all(
    wanted.map(async ({ name, principal }) => ({
      name: profileName(name),
      host: workspace_url,
      token: (await client.call('POST /v1/pats', { as: principal })).token,
    })),
  );
}

/** Text of a Databricks configuration file; the chosen profile is repeated as DEFAULT. */
export function profilesText(profiles: readonly Profile[], chosen: string | undefined): string {
  const first = profiles.find(({ name }) => name === chosen);
  const sections = first ? [{ ...first, name: 'DEFAULT' }, ...profiles] : profiles;
  return sections.map(({ name, host, token }) => `[${name}]\nhost = ${host}\ntoken = ${token}\n`).join('\n');
}

/** Name of the profile `--as` or `--as-app` means; without either, the first persona's. */
export function chooseProfile(profiles: readonly Profile[], actor: DefaultActor): string | undefined {
  if (actor.as !== undefined) return known(profiles, profileName(actor.as));
  if (actor.asApp !== undefined) {
    const prefixed = profileName(`app-${actor.asApp}`);
    return known(profiles, prefixed) ?? known(profiles, profileName(actor.asApp));
  }
  return profiles[0]?.name;
}

function known(profiles: readonly Profile[], name: string): string | undefined {
  return profiles.find((profile) => profile.name === name)?.name;
}

/** Section names cannot hold brackets or line ends, and SDKs disagree about blanks. */
export function profileName(name: string): string {
  return name.replaceAll(/[^\w.@-]/g, '_');
}
