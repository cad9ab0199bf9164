import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { ApiError } from '../../emulator/core/index.ts';
import { bearer, type Exchange, type HttpParts, readBody, record, refuse } from './http.ts';

/** Reports are read and forgotten; larger ones are refused. */
const maxReportBytes = 4 * 1024 * 1024;

/**
 * What drivers ask beside their statements: feature flags at connect, telemetry later (reference sql-wire 2). Without
 * a quick answer they stall for up to half a minute. No flag is set, so drivers leave their telemetry off.
 */
export async function handleSideCall(
  req: IncomingMessage,
  res: ServerResponse,
  http: HttpParts,
): Promise<boolean> {
  const path = (req.url ?? '').split('?')[0] ?? '';
  const operation = sideCall(req.method ?? '', path);
  if (operation === undefined) return false;
  const exchange: Exchange = { req, res, path, operation, caller: null, started: performance.now() };
  try {
    if (operation !== 'telemetry.report_anonymous')
      exchange.caller = await http.verify(bearer(req.headers.authorization));
    const body = operation === 'connector_service.get_feature_flags' ? flags : await telemetry(req);
    const bytes = Buffer.from(JSON.stringify(body));
    res.writeHead(200, {
      ...http.commonHeaders(),
      'content-type': 'application/json',
      'content-length': bytes.length,
    });
    res.end(bytes);
    record(exchange, 200, http);
  } catch (error) {
    refuse(error, exchange, http);
  }
  return true;
}

const flags = { flags: [], ttl_seconds: 900 };

function sideCall(method: string, path: string): string | undefined {
  if (method === 'GET' && /^\/api\/2\.0\/connector-service\/feature-flags\/[^/]+\/[^/]+$/.test(path)) {
    return 'connector_service.get_feature_flags';
  }
  if (method === 'POST' && path === '/telemetry-ext') return 'telemetry.report';
  if (method === 'POST' && path === '/telemetry-unauth') return 'telemetry.report_anonymous';
  return undefined;
}

const report = z.object({ protoLogs: z.array(z.unknown()).default([]) });

/** Field set accepted by the Python driver; the counts are of what it sent. @throws ApiError 400 for no report. */
async function telemetry(req: IncomingMessage): Promise<object> {
  const body = await readBody(req, maxReportBytes);
  const count = countOf(body.toString('utf8'));
  return { errors: [], numSuccess: count, numProtoSuccess: count, numRealtimeSuccess: 0 };
}

function countOf(text: string): number {
  try {
    return report.parse(JSON.parse(text)).protoLogs.length;
  } catch {
    throw new ApiError(400, 'MALFORMED_REQUEST', 'The request body is not a telemetry report.');
  }
}
