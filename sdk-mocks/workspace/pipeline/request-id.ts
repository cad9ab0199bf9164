import type { Step } from './context.ts';

/** Every answer names its request (field: `x-request-id` is a UUID on real answers). */
export const requestId: Step = (call, { services }) => {
  call.requestId = services.secrets.uuid();
};
