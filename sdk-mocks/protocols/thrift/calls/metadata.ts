import type { ThriftStruct } from '../codec/index.ts';
import type { List } from '../metadata/listings.ts';
import { metadata as metadataRequest } from '../requests.ts';
import { ResultSet } from '../result-set.ts';
import type { CallContext, ThriftMethod } from '../service.ts';
import { success } from '../status.ts';
import { directResults, operationHandle } from './operations.ts';

/** A metadata call: an operation that is finished at once. The service answers these as columns (recorded). */
export function metadataCall(type: number, list: List): ThriftMethod {
  return async (raw: ThriftStruct, context: CallContext) => {
    const { caller, target, parts } = context;
    const request = metadataRequest.parse(raw);
    const session = parts.sessions.find(request.sessionHandle.sessionId, caller, target);
    const operation = parts.sessions.addOperation(session, type);
    const natives = { timestamps: true, decimals: true, nested: true, intervals: false, voids: false };
    const result = new ResultSet(
      list(request, caller, parts.metadata),
      { format: 'columns', lz4: false, natives, timeZone: session.sql.timeZone },
      parts.settings,
      { links: parts.links, owner: caller.principal.name, group: session.handle.id },
    );
    operation.end({ state: 'finished', result, affectedRows: undefined }, parts.clock.now());
    return {
      status: success,
      operationHandle: operationHandle(operation),
      ...(await directResults(operation, session, request.getDirectResults, context)),
    };
  };
}
