/** What a rule does to a request. `latency` comes first; then `drop` wins over `status`. */
export interface FaultEffect {
  /** Milliseconds of wall time. */
  latency?: number;
  /** Answer this HTTP status instead of the real one. */
  status?: number;
  /** `error_code` of the answer. Default: the usual one of the status. */
  errorCode?: string;
  message?: string;
  /** Exact JSON body instead of the usual error form: with `when: instead` and status 200 this is a stub. */
  body?: object;
  /** Extra response headers, for example `retry-after`. */
  headers?: Readonly<Record<string, string>>;
  /** Cut the connection without an answer. */
  drop?: boolean;
}

/**
 * When a rule strikes: `before` the caller is even authenticated, `instead` of the operation (after the caller was
 * authenticated and its scope checked), or `after` the operation has had its effect.
 */
export type FaultMoment = 'before' | 'instead' | 'after';

export interface FaultRule {
  /** All that are given must match. None given: every request. */
  match: {
    /** Id of the operations catalogue, for example `statement_execution.execute_statement`. */
    operation?: string;
    method?: string;
    /** Path; `*` stands for any characters. */
    path?: string;
  };
  /** Default: `before`. */
  when?: FaultMoment;
  effect: FaultEffect;
  /** How often it strikes before it is used up. Default: until removed. */
  times?: number;
}

export interface StandingFault extends FaultRule {
  id: string;
  /** How often it has struck. */
  struck: number;
}

/** What a rule is matched against. `operation` is a function because finding the name may cost something. */
export interface FaultSubject {
  method: string;
  path: string;
  operation(): string | undefined;
}

/** Fault and latency rules of one sandbox, in the order they were added; the first that matches strikes. */
export interface Faults {
  /** @throws RangeError when a number of the rule makes no sense. Returns the rule's id. */
  add(rule: FaultRule): string;
  /** False when there is no such rule. */
  remove(id: string): boolean;
  clear(): void;
  list(): StandingFault[];
  /** Is there an unused rule that names this operation and answers instead of it? */
  stubs(operation: string): boolean;
  /** The effect that strikes this request now, counted as struck; undefined for none. */
  strike(when: FaultMoment, subject: FaultSubject): FaultEffect | undefined;
}

/** Makes the fault rules of one sandbox. */
export function createFaults(): Faults {
  let rules: { fault: StandingFault; path: RegExp | undefined }[] = [];
  let count = 0;

  return {
    add(rule) {
      check(rule);
      count += 1;
      const fault = { ...rule, id: `fault-${count}`, struck: 0 };
      rules.push({ fault, path: rule.match.path === undefined ? undefined : pattern(rule.match.path) });
      return fault.id;
    },
    remove(id) {
      const before = rules.length;
      rules = rules.filter(({ fault }) => fault.id !== id);
      return rules.length < before;
    },
    clear() {
      rules = [];
    },
    list: () => rules.map(({ fault }) => ({ ...fault })),
    stubs: (operation) =>
      rules.some(
        ({ fault }) => fault.when === 'instead' && fault.match.operation === operation && usable(fault),
      ),
    strike(when, subject) {
      if (rules.length === 0) return undefined;
      const hit = rules.find(
        ({ fault, path }) =>
          (fault.when ?? 'before') === when && usable(fault) && matches(fault, path, subject),
      );
      if (!hit) return undefined;
      hit.fault.struck += 1;
      return hit.fault.effect;
    },
  };
}

function usable({ times, struck }: StandingFault): boolean {
  return times === undefined || struck < times;
}

function matches({ match }: StandingFault, path: RegExp | undefined, subject: FaultSubject): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== subject.method) return false;
  if (path && !path.test(subject.path)) return false;
  return match.operation === undefined || match.operation === subject.operation();
}

function pattern(path: string): RegExp {
  const escaped = path.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}

function check({ effect, times }: FaultRule): void {
  const { latency, status } = effect;
  if (latency === undefined && status === undefined && !effect.drop && !effect.body) {
    throw new RangeError('A fault rule needs an effect: latency, status, body or drop.');
  }
  if (latency !== undefined && !(latency >= 0 && latency <= 600_000)) {
    throw new RangeError(`latency is ${latency}, need milliseconds from 0 to 600000.`);
  }
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
    throw new RangeError(`status is ${status}, need an HTTP status from 200 to 599.`);
  }
  if (times !== undefined && !(Number.isInteger(times) && times >= 1)) {
    throw new RangeError(`times is ${times}, need a whole number from 1.`);
  }
}
