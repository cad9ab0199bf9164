import { z } from 'zod';
import type { FaultRule, StandingFault } from '../../faults/index.ts';
import { defineRoute, empty } from '../define.ts';
import { ControlError } from '../errors.ts';
import { faultRule, standingFaults } from '../schemas.ts';

/** Fault and latency rules: what tests of retries, timeouts and error pages need. */
export const faultRoutes = [
  defineRoute({
    method: 'GET',
    path: '/v1/faults',
    summary: 'Fault and latency rules in force, and how often each has struck.',
    input: empty,
    answer: standingFaults,
    handle: (_input, { target }) => view(target.faults.list()),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/faults',
    summary: 'Adds a fault or latency rule; the first rule that matches a request strikes.',
    input: faultRule,
    answer: standingFaults,
    handle: (input, { target }) => {
      add(target.faults.add, toRule(input));
      return view(target.faults.list());
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/v1/faults',
    summary: 'Removes every fault rule.',
    input: empty,
    answer: standingFaults,
    handle: (_input, { target }) => {
      target.faults.clear();
      return view([]);
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/v1/faults/{id}',
    summary: 'Removes one fault rule.',
    input: z.strictObject({ id: z.string() }),
    answer: standingFaults,
    handle: ({ id }, { target }) => {
      if (!target.faults.remove(id)) {
        const known = target.faults.list().map((fault) => fault.id);
        throw new ControlError(
          404,
          'UNKNOWN_FAULT',
          `There is no fault rule "${id}".`,
          `Rules in force: ${known.join(', ') || 'none'}.`,
        );
      }
      return view(target.faults.list());
    },
  }),
];

/** Numbers that make no sense are the caller's mistake, not a failure of ours. */
function add(into: (rule: FaultRule) => string, rule: FaultRule): void {
  try {
    into(rule);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ControlError(400, 'BAD_FAULT', error.message, 'See "brickbox fault add --help".');
  }
}

function toRule({ match, when, effect, times }: z.output<typeof faultRule>): FaultRule {
  const { operation, method, path } = match;
  const { latency, status, error_code, message, body, headers, drop } = effect;
  return {
    match: { ...(operation && { operation }), ...(method && { method }), ...(path && { path }) },
    ...(when && { when }),
    effect: {
      ...(latency !== undefined && { latency }),
      ...(status !== undefined && { status }),
      ...(error_code !== undefined && { errorCode: error_code }),
      ...(message !== undefined && { message }),
      ...(body !== undefined && { body }),
      ...(headers !== undefined && { headers }),
      ...(drop !== undefined && { drop }),
    },
    ...(times !== undefined && { times }),
  };
}

function view(faults: readonly StandingFault[]): z.input<typeof standingFaults> {
  return {
    faults: faults.map(({ id, match, when, effect, times, struck }) => {
      const { errorCode, headers, body, ...rest } = effect;
      return {
        id,
        match,
        when: when ?? 'before',
        effect: {
          ...rest,
          ...(errorCode !== undefined && { error_code: errorCode }),
          ...(body !== undefined && { body: { ...body } }),
          ...(headers !== undefined && { headers: { ...headers } }),
        },
        ...(times !== undefined && { times }),
        struck,
      };
    }),
  };
}
