import type { Step } from './context.ts';

/**
 * Who calls. Missing, unknown, expired and revoked credentials are refused by the token service in the platform's
 * forms (reference identity-auth 8.1); expiry follows the sandbox clock.
 */
export const authenticate: Step = async (call, { services }) => {
  call.caller = await services.ports.identity.tokens.verify(bearer(call.req.headers.authorization));
};

/** The scheme is case-insensitive (RFC 7235). Other schemes count as no credential. */
function bearer(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +(\S+)\s*$/i.exec(header)?.[1];
}
