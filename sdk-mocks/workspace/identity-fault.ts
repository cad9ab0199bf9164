import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Faults } from '../../emulator/faults/index.ts';
import type { Call } from './pipeline/context.ts';

/**
 * Fault rules on OAuth and discovery paths, which no operation has and no pipeline serves. Only `before` rules
 * without an operation can meet them; an error takes the OAuth form (RFC 6749 §5.2) unless the rule has a body.
 * Returns true when the rule has answered.
 */
export async function strikeIdentity(call: Call, res: ServerResponse, faults: Faults): Promise<boolean> {
  const effect = faults.strike('before', {
    method: call.method,
    path: call.path,
    operation: () => undefined,
  });
  if (!effect) return false;
  if (effect.latency) await wait(effect.latency, undefined, { ref: false });
  if (effect.drop) {
    res.destroy();
    return true;
  }
  const status = effect.status ?? (effect.body ? 200 : undefined);
  if (status === undefined) return false;
  const usual = {
    error:
      effect.errorCode ?? (status >= 500 || status === 429 ? 'temporarily_unavailable' : 'invalid_request'),
    error_description: effect.message ?? `A fault rule of the sandbox answered ${status}.`,
  };
  res.writeHead(status, { 'content-type': 'application/json', ...effect.headers });
  res.end(JSON.stringify(effect.body ?? usual));
  return true;
}
