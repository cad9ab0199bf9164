import type { PreparedQuery } from './governance/index.ts';

/** Bound queries by everything that decided how they were bound; least recently used go first. */
export class PlanCache {
  readonly #plans = new Map<string, PreparedQuery>();
  readonly #limit: number;

  constructor(limit = 500) {
    this.#limit = limit;
  }

  get(key: string): PreparedQuery | undefined {
    const found = this.#plans.get(key);
    if (!found) return undefined;
    this.#plans.delete(key);
    this.#plans.set(key, found);
    return found;
  }

  /** Keeps a plan unless some of its rows must be read anew each time. */
  put(key: string, plan: PreparedQuery): void {
    if (plan.materials.some((material) => material.volatile)) return;
    this.#plans.set(key, plan);
    if (this.#plans.size <= this.#limit) return;
    const [oldest] = this.#plans.keys();
    if (oldest !== undefined) this.#plans.delete(oldest);
  }
}
