import { z } from 'zod';
import { ApiError } from '../../../emulator/core/index.ts';
import type { Operation } from '../define.ts';
import type { Match } from '../router.ts';
import type { Call, Step } from './context.ts';

/** Which operation is meant. Known but unbuilt is 501 by name, anything else the platform's 404. */
export const route: Step = (call, { router, catalogue, faults }) => {
  const match = router.match(call.method, call.path);
  if (match) {
    call.match = match;
    call.operation = match.operation.id;
    return;
  }
  const known = catalogue.find(call.method, call.path);
  if (!known) throw unknownPath(call.method, call.path);
  call.operation = known.id;
  const refusal = unbuilt(known.id, known.operation.service);
  if (!faults.stubs(known.id)) throw refusal;
  call.match = standIn(known.id, call, refusal);
};

/** An unbuilt operation that a fault rule answers: it asks for `all-apis`, since its own scope is not known. */
function standIn(id: string, call: Call, refusal: ApiError): Match {
  const operation: Operation = {
    id,
    method: 'GET',
    path: call.path,
    scope: ['all-apis'],
    request: z.looseObject({}),
    handle: () => Promise.reject(refusal),
    grade: 'thin',
    evidence: [],
  };
  return {
    operation,
    family: { name: 'stub', title: 'Stub', docs: '', operations: [operation] },
    params: {},
  };
}

/** field: the path is printed without `/api/2.0` (reference sql-wire 4.6). */
function unknownPath(method: string, path: string): ApiError {
  const printed = path.replace(/^\/api\/\d+\.\d+(?=\/)/, '');
  return new ApiError(404, 'ENDPOINT_NOT_FOUND', `No API found for '${method} ${printed}'`);
}

function unbuilt(id: string, service: string): ApiError {
  return new ApiError(
    501,
    'NOT_IMPLEMENTED',
    `Brickbox knows ${id} of the service ${service} and has not built it yet. To stub it, add a fault rule ` +
      `{match: {operation: '${id}'}, when: 'instead', effect: {status: 200, body: {...}}}; to build it, add a ` +
      'folder under sdk-mocks/families as its _template/README.md tells.',
    {
      explanation: {
        rule: `operation ${id} is in the catalogue and has no family`,
        fix: `Stub it with a fault rule (when: instead) for ${id}, or add a family.`,
      },
    },
  );
}
