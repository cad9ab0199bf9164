import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { probeStrict } from '../../emulator/egress/strict/probe.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../emulator/index.ts';

/** Whether this machine can run strict mode: without it the strict tests say so and do not run. */
export const strict = await probeStrict();

/** One app that reaches where it is told, behind its gateway; `rates.example` is stubbed, all else is denied. */
export function openReachWorld(
  mode: 'auto' | 'strict' | 'cooperative',
  egress: Partial<NonNullable<SandboxOptions['config']['egress']>> = {},
  more: Partial<SandboxOptions> = {},
  people: NonNullable<SandboxOptions['config']['personas']> = {},
): Promise<Sandbox> {
  return createSandbox({
    ...more,
    folder: join(import.meta.dirname, 'apps'),
    config: {
      personas: { ana: { user_name: 'ana@acme.test' }, ...people },
      egress: { mode, allowed: { 'rates.example': { stub: 'stubs/rates' } }, ...egress },
      runtime: { restarts: 2 },
      apps: {
        reach: {
          source_code_path: 'reach',
          permissions: [{ user_name: 'ana@acme.test', level: 'CAN_USE' }],
        },
      },
    },
  });
}

/** Asks the app, as ana, to fetch an address. */
export async function reach(sandbox: Sandbox, url: string): Promise<unknown> {
  const answer = await sandbox.as('ana').fetch(`/reach?url=${encodeURIComponent(url)}`);
  return answer.json();
}

/** DATABRICKS_HOST as the app has it. */
export async function hostOfApp(sandbox: Sandbox): Promise<string> {
  const about: unknown = await (await sandbox.as('ana').fetch('/about')).json();
  return typeof about === 'object' && about !== null && 'host' in about ? String(about.host) : '';
}

/** Waits until a condition holds; fails the test when it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await holds()) return;
    await wait(10);
  }
  throw new Error(`never happened: ${what}`);
}
