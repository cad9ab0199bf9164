import { type Call, type House, written } from './context.ts';

/** Writes the answer. JSON unless the operation or the error gave bytes; those name their own type or are plain text. */
export function encode(call: Call, house: House): void {
  const { res } = call;
  if (call.dropped || res.destroyed) {
    res.destroy();
    return;
  }
  const { status = 200, headers, body } = written(call.reply, 'a reply');
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  res.writeHead(status, {
    ...commonHeaders(house, call.requestId),
    'content-type': Buffer.isBuffer(body) ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': bytes.length,
    ...headers,
  });
  res.end(bytes);
}

/** On every answer (field: real responses; code: SDKs read `x-databricks-org-id`). */
export function commonHeaders(house: House, requestId: string): Record<string, string> {
  return {
    'x-databricks-org-id': house.services.ports.identity.workspaceId,
    'x-request-id': requestId,
    server: 'databricks',
    'cache-control': 'no-cache',
  };
}
