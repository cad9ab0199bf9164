import { ApiError } from '../../../emulator/core/index.ts';
import { type Step, written } from './context.ts';

/** What the operation needs, asked of the one policy decision point; the first refusal is the answer. */
export const authorize: Step = (call, { services }) => {
  const caller = written(call.caller, 'the caller');
  const { operation } = written(call.match, 'the operation');
  for (const need of operation.needs?.(call.input, services) ?? []) {
    const decision = services.policy.authorizer.check(caller, need.privilege, need.on);
    if (!decision.allow) {
      throw new ApiError(403, 'PERMISSION_DENIED', need.denied ?? decision.reason, {
        explanation: decision.explanation,
      });
    }
  }
};
