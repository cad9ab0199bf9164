import { ApiError } from '../../../emulator/core/index.ts';
import { ClientGone } from '../body.ts';
import { authenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import type { Call, House, Step } from './context.ts';
import { encode } from './encode.ts';
import { fail } from './failure.ts';
import { faultAfter, faultBefore } from './fault.ts';
import { handle } from './handle.ts';
import { record } from './journal.ts';
import { requestId } from './request-id.ts';
import { route } from './route.ts';
import { scope } from './scope.ts';
import { validate } from './validate.ts';

/** What happens to a request, in this order. A step that throws skips the rest; `encode` and `record` always run. */
export const steps: readonly { name: string; run: Step }[] = [
  { name: 'request id', run: requestId },
  { name: 'fault (before)', run: faultBefore },
  { name: 'authenticate', run: authenticate },
  { name: 'route', run: route },
  { name: 'scope', run: scope },
  { name: 'validate', run: validate },
  { name: 'authorize', run: authorize },
  { name: 'handle', run: handle },
  { name: 'fault (after)', run: faultAfter },
];

/** Runs one request. Never rejects. */
export async function runPipeline(call: Call, house: House): Promise<void> {
  try {
    for (const step of steps) {
      const pending = step.run(call, house);
      if (pending) await pending;
    }
  } catch (error) {
    if (error instanceof ClientGone) call.dropped = true;
    fail(error instanceof ClientGone ? clientClosed() : error, call, house);
  }
  finish(call, house);
}

function finish(call: Call, house: House): void {
  try {
    encode(call, house);
  } catch (error) {
    fail(error, call, house);
    if (call.res.headersSent) call.res.destroy();
    else encode(call, house);
  }
  record(call, house);
}

/** 499 is what SDKs map to `Cancelled` (code: databricks-sdk-py errors/platform.py); only the journal sees it. */
function clientClosed(): ApiError {
  return new ApiError(499, 'CANCELLED', 'The client closed the connection before its request was complete.');
}
