import { createDecide, type Decide } from './decide.ts';
import type { NetworkPolicy } from './schema.ts';

/**
 * The policy in force for each app. On the platform a change of the policy needs a restart of the app (docs: Apps
 * networking; field: an app that was not restarted kept its old policy), so an app keeps the one it was started
 * with. The named switch `egress.policy_changes: at_once` is for tests that do not want to restart.
 */
export interface ActivePolicy {
  /** What the workspace is bound to now. */
  bound(): NetworkPolicy;
  /** The app starts: the bound policy is in force for it. */
  adopt(app: string): void;
  /** Every app follows the bound policy, for example after a reset. */
  adoptAll(): void;
  /** The policy an app is held to; of no app in particular: the bound one. */
  of(app: string | null): NetworkPolicy;
  decideFor(app: string | null): Decide;
}

export function createActivePolicy(
  bound: () => NetworkPolicy,
  changes: 'on_restart' | 'at_once',
  platformOrigins: () => readonly string[],
): ActivePolicy {
  const started = new Map<string, NetworkPolicy>();
  const made = new WeakMap<NetworkPolicy, Decide>();
  const of = (app: string | null) => {
    const kept = app === null || changes === 'at_once' ? undefined : started.get(app);
    return kept ?? bound();
  };
  return {
    bound,
    of,
    adopt: (app) => void started.set(app, bound()),
    adoptAll() {
      for (const app of started.keys()) started.set(app, bound());
    },
    decideFor(app) {
      const policy = of(app);
      const decide = made.get(policy) ?? createDecide(policy, platformOrigins);
      made.set(policy, decide);
      return decide;
    },
  };
}
