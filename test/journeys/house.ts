import { join, resolve } from 'node:path';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../emulator/index.ts';

export const echoFolder = resolve(import.meta.dirname, '../../fixtures/apps/echo');

/** What the echo app says about a request. */
export interface Echoed {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * The echo app behind its gateway. The admin, ana and cleo (through a group) and the service principal `nightly` may use
 * the app; bob is in the workspace and may not.
 */
export function openHouse(
  more: Partial<Omit<SandboxOptions, 'config'>> & { config?: Partial<SandboxOptions['config']> } = {},
): Promise<Sandbox> {
  const { config, ...options } = more;
  return createSandbox({
    folder: echoFolder,
    ...options,
    config: {
      personas: {
        admin: { user_name: 'admin@acme.test', display_name: 'Ada Admin', groups: ['admins'] },
        ana: { user_name: 'ana@acme.test', display_name: 'Ana Silva', groups: ['emea'] },
        cleo: { user_name: 'cleo@acme.test', display_name: 'Cleo Costa', groups: ['emea'] },
        bob: { user_name: 'bob@acme.test', display_name: 'Bob Outside' },
      },
      service_principals: { nightly: { display_name: 'Nightly job' } },
      apps: {
        echo: {
          source_code_path: '.',
          user_api_scopes: ['sql'],
          permissions: [
            { group_name: 'emea', level: 'CAN_USE' },
            { service_principal_name: 'nightly', level: 'CAN_USE' },
          ],
        },
      },
      ...config,
    },
  });
}

/** Path inside the repository. */
export const repository = (...parts: string[]) => join(resolve(import.meta.dirname, '../..'), ...parts);
