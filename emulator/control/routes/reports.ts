import { z } from 'zod';
import { defineRoute, empty, type FaultPort } from '../define.ts';
import { ControlError } from '../errors.ts';
import { coverageView, egressView } from '../schemas.ts';

const rule = z.looseObject({});
const rules = z.object({ faults: z.array(z.looseObject({ id: z.string() })) });

export const reportRoutes = [
  defineRoute({
    method: 'GET',
    path: '/v1/egress',
    summary: 'Outbound attempts of the apps, what is declared and what is used.',
    input: empty,
    answer: egressView,
    handle: (_input, { target }) => {
      const { mode, policy, attempts, declared, declaredUnused, usedUndeclared } = target.egressReport();
      return {
        mode,
        policy: { ...policy },
        attempts,
        declared,
        declared_unused: declaredUnused,
        used_undeclared: usedUndeclared,
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/coverage',
    summary: 'Operations of the workspace: grade and evidence of each.',
    input: empty,
    answer: coverageView,
    handle: async (_input, { coverage }) => {
      if (!coverage) throw notBuilt('The coverage table', '/v1/coverage');
      const table = await coverage();
      return { operations: table.map((row) => ({ ...row, evidence: [...row.evidence] })) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/faults',
    summary: 'Fault and latency rules in force.',
    input: empty,
    answer: rules,
    handle: (_input, { faults }) => ({ faults: need(faults).list() }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/faults',
    summary: 'Adds a fault or latency rule.',
    input: rule,
    answer: rules,
    handle: (input, { faults }) => {
      const port = need(faults);
      port.add(input);
      return { faults: port.list() };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/v1/faults',
    summary: 'Removes every fault rule.',
    input: empty,
    answer: rules,
    handle: (_input, { faults }) => {
      const port = need(faults);
      port.clear();
      return { faults: port.list() };
    },
  }),
];

function need(faults: FaultPort | undefined): FaultPort {
  if (!faults) throw notBuilt('Fault injection', '/v1/faults');
  return faults;
}

function notBuilt(what: string, path: string): ControlError {
  return new ControlError(
    501,
    'NOT_BUILT',
    `${what} (${path}) is not part of this sandbox.`,
    'See "brickbox --help" for what is there.',
  );
}
