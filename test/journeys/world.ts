import { join, resolve } from 'node:path';
import { createSandbox, loadConfig, type Sandbox } from '../../emulator/index.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures');

/** The orders world of the sample app, with the dependency-free echo app in front instead of the real one. */
export async function openOrdersWorld(): Promise<Sandbox> {
  const folder = join(fixtures, 'apps/orders-express');
  const { config } = loadConfig({ folder });
  return createSandbox({
    folder,
    config: {
      ...config,
      apps: Object.fromEntries(
        Object.entries(config.apps).map(([name, app]) => [name, { ...app, source_code_path: '../echo' }]),
      ),
    },
  });
}

/** `x-forwarded-access-token` as the app in front of the world gets it for a signed-in person. */
export async function forwardedToken(sandbox: Sandbox, persona: string): Promise<string> {
  const answer = await sandbox.as(persona).fetch('/');
  const { headers } = (await answer.json()) as { headers: Record<string, string> };
  const token = headers['x-forwarded-access-token'];
  if (!token) throw new Error(`the gateway forwarded no token for ${persona}`);
  return token;
}
