import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BrickboxError } from '../../core/index.ts';
import { matchesHost } from '../policy/index.ts';

/** Who answers for an allowed host. */
export type Answer = { by: 'stub'; folder: string } | { by: 'pass_through' } | { by: 'nobody'; fix: string };

/** Finds who answers for a host: an exact key of `egress.allowed` first, then wildcards, the longest first. */
export type AnswerFor = (host: string) => Answer;

/** @throws BrickboxError EGRESS_STUB_MISSING when a stub folder does not exist. */
export function createAnswers(
  allowed: Readonly<Record<string, { stub?: string | undefined; pass_through?: true | undefined }>>,
  baseFolder: string,
): AnswerFor {
  const entries = Object.entries(allowed)
    .map(([key, value]) => ({ key: key.toLowerCase(), answer: toAnswer(key, value, baseFolder) }))
    .sort(
      (a, b) => Number(a.key.startsWith('*')) - Number(b.key.startsWith('*')) || b.key.length - a.key.length,
    );
  return (host) =>
    entries.find((entry) => matchesHost(entry.key, host))?.answer ?? { by: 'nobody', fix: nobodyFix(host) };
}

function toAnswer(
  key: string,
  value: { stub?: string | undefined; pass_through?: true | undefined },
  baseFolder: string,
): Answer {
  if (value.pass_through) return { by: 'pass_through' };
  if (value.stub === undefined) return { by: 'nobody', fix: nobodyFix(key) };
  const folder = resolve(baseFolder, value.stub);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BrickboxError(
      'EGRESS_STUB_MISSING',
      `egress.allowed.${key}.stub: there is no folder ${value.stub}.`,
      {
        fix: `Create it with an answer in it, for example ${value.stub}/GET/index.json.`,
      },
    );
  }
  return { by: 'stub', folder };
}

const nobodyFix = (host: string) =>
  `Say who answers: \`${host}: { stub: <folder> }\` or \`${host}: { pass_through: true }\` under egress.allowed.`;
