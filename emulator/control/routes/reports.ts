import { defineRoute, empty } from '../define.ts';
import { ControlError } from '../errors.ts';
import { coverageView, egressView } from '../schemas.ts';

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
];

function notBuilt(what: string, path: string): ControlError {
  return new ControlError(
    501,
    'NOT_BUILT',
    `${what} (${path}) is not part of this sandbox.`,
    'See "brickbox --help" for what is there.',
  );
}
