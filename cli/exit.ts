/** Exit codes (docs/architecture.md, control contract). */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** `exec`: the command succeeded, but there are findings at or above `fail_on`. */
  findings: 3,
  /** `exec`: an error of ours, not of the command. */
  own: 125,
  notExecutable: 126,
  notFound: 127,
} as const;

/** The command line could not be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
