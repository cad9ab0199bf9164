import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BrickboxError, type Log } from '../../core/index.ts';
import type { NetworkPolicy } from './schema.ts';
import { networkPolicySchema } from './schema.ts';
import { declarationProblem, parsePolicy } from './validate.ts';

export const presets = ['deny_all', 'declared_only', 'open'] as const;
export type Preset = (typeof presets)[number];

/** The policy a preset stands for. `declared` are the keys of `egress.allowed`. */
export function presetPolicy(preset: Preset, declared: readonly string[]): NetworkPolicy {
  const names = preset === 'declared_only' ? declared : [];
  return networkPolicySchema.parse({
    network_policy_id: `brickbox-${preset.replace('_', '-')}`,
    egress: {
      network_access: {
        restriction_mode: preset === 'open' ? 'FULL_ACCESS' : 'RESTRICTED_ACCESS',
        allowed_internet_destinations: names.map((destination) => ({ destination })),
      },
    },
  });
}

/**
 * The policy of a sandbox: a preset, a JSON file (path from `baseFolder`), or the JSON itself.
 * @throws BrickboxError EGRESS_POLICY_INVALID, EGRESS_POLICY_UNREADABLE, EGRESS_ALLOWED_INVALID
 */
export function loadPolicy(
  policy: string | object,
  declared: readonly string[],
  baseFolder: string,
  log: Log,
): NetworkPolicy {
  checkDeclarations(declared, log);
  if (typeof policy !== 'string') return parsePolicy(policy);
  const preset = presets.find((name) => name === policy);
  if (preset) return presetPolicy(preset, declared);
  return parsePolicy(readJson(resolve(baseFolder, policy)), { from: policy });
}

function checkDeclarations(declared: readonly string[], log: Log): void {
  for (const key of declared) {
    const problem = declarationProblem(key);
    if (problem) {
      throw new BrickboxError('EGRESS_ALLOWED_INVALID', `egress.allowed names '${key}': ${problem}.`, {
        fix: 'Write the bare host name, for example `api.example.com: { stub: stubs/example }`.',
      });
    }
    if (key.startsWith('*.')) {
      log.warn(`egress.allowed: '${key}' works here, but the platform refuses wildcards. List each host.`);
    }
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BrickboxError(
      'EGRESS_POLICY_UNREADABLE',
      `The network policy ${file} cannot be read: ${why}.`,
      {
        fix: `egress.policy is one of ${presets.join(', ')}, or a file with the policy as JSON.`,
        cause,
      },
    );
  }
}
