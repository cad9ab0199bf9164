/**
 * `Authorization: Bearer` of a program. A JWT is verified and names the caller (docs: connect-local). A personal
 * access token or anything else that is not three base64url parts is no credential here and falls through to
 * cookie sign-in, as does a JWT that does not verify (code: oauth2-proxy; field: PAT gives 302, or 401 under /api/).
 */
import { ApiError } from '../../core/index.ts';
import { type Answer, text } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Front } from './step.ts';

const bearerToken = /^bearer +(\S+)$/i;
const jwtShape = /^ey[\w-]+\.ey[\w-]+\.[\w-]+$/;

export function bearer(exchange: Exchange, front: Front): Answer | undefined | Promise<Answer | undefined> {
  const header = exchange.req.headers.authorization;
  if (header === undefined) return undefined;
  const token = bearerToken.exec(header)?.[1];
  if (token === undefined || !jwtShape.test(token)) {
    const pat = token?.startsWith('dapi') ?? false;
    exchange.refusedBearer = {
      jwt: false,
      reason: pat
        ? 'The request carries a personal access token; apps accept OAuth tokens only.'
        : 'The Authorization header is not a bearer token in the form of a JWT.',
      fix: 'Send an OAuth token, for example the one of `databricks auth token` or of `brickbox token --as PERSONA`.',
    };
    return undefined;
  }
  if (front.settings.bearer_paths === 'api_only' && !exchange.isApi) {
    exchange.refusedBearer = {
      jwt: true,
      reason: `A bearer token is accepted under /api/ only (bearer_paths: api_only), and this path is ${exchange.path}.`,
      fix: 'Move the route under /api/, or set bearer_paths: all.',
    };
    return undefined;
  }
  return verify(exchange, front, token);
}

async function verify(exchange: Exchange, front: Front, token: string): Promise<Answer | undefined> {
  try {
    exchange.caller = await front.options.identity.tokens.verify(token);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    exchange.refusedBearer = {
      jwt: true,
      reason: `The bearer token was not accepted: ${error.message}`,
      fix: 'Get a fresh token of this workspace, for example with `brickbox token --as PERSONA`.',
    };
    if (front.settings.expired_bearer !== 'invalid_token') return undefined;
    return text(403, 'Invalid Token', 'denied', {
      rule: exchange.refusedBearer.reason,
      fix: exchange.refusedBearer.fix,
    });
  }
  if (!exchange.isApi) reportOutsideApi(exchange, front);
  return undefined;
}

function reportOutsideApi(exchange: Exchange, front: Front): void {
  front.findings.report({
    name: 'bearer_outside_api',
    about: `${exchange.caller?.principal.name} ${exchange.path}`,
    severity: 'info',
    message: `A bearer token was accepted on ${exchange.path}. The platform was seen to do so, but its documentation promises it under /api/ only.`,
    fix: 'Serve what programs call under /api/, or set strict: docs to refuse it here.',
    exchange: exchange.id,
  });
}
