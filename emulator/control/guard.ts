import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { hashSecret, type Secrets } from '../core/index.ts';
import { ControlError } from './errors.ts';

/** Decides who may talk to the control API. */
export interface Guard {
  /**
   * Host and origin, for every request, static pages included. Only our own address and our own console's
   * origin pass, so neither DNS rebinding nor a page of another origin (the app under test shares the host
   * name, only the port differs) reaches anything.
   * @throws ControlError 403
   */
  checkPlace(headers: IncomingHttpHeaders): void;
  /** The secret of the run, or the key of a console session. @throws ControlError 401 */
  checkSecret(headers: IncomingHttpHeaders): void;
  /** A code for the console's link; good for one use. */
  issueCode(): string;
  /** Trades a code for the key of a console session. @throws ControlError 401 when it was used or never issued */
  redeemCode(code: string): string;
}

export function createGuard(options: { secret: string; host: () => string; secrets: Secrets }): Guard {
  const { secrets } = options;
  const expected = digest(options.secret);
  const codes = new Set<string>();
  const keys = new Set<string>();

  return {
    checkPlace(headers) {
      if (headers.host !== options.host()) {
        throw new ControlError(
          403,
          'WRONG_HOST',
          'This address is not served here.',
          `Use http://${options.host()}.`,
        );
      }
      const own = `http://${options.host()}`;
      const site = headers['sec-fetch-site'];
      const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
      const foreignOrigin = headers.origin !== undefined && headers.origin !== own;
      if (foreignOrigin || (foreignSite && headers['sec-fetch-mode'] !== 'navigate')) {
        throw new ControlError(
          403,
          'FOREIGN_ORIGIN',
          'Pages of another origin may not use the control API.',
          'Call it from a test or a terminal, with the token of the run.',
        );
      }
    },
    checkSecret(headers) {
      const token = /^Bearer ([\x21-\x7e]+)$/.exec(headers.authorization ?? '')?.[1];
      if (token !== undefined) {
        if (timingSafeEqual(digest(token), expected)) return;
        if (keys.has(hashSecret(token))) return;
      }
      throw new ControlError(
        401,
        'UNAUTHENTICATED',
        'The control API needs the token of this run.',
        'Send "Authorization: Bearer $BRICKBOX_TOKEN"; it is in the run file, or set by brickbox exec.',
      );
    },
    issueCode() {
      const code = secrets.hex(16);
      codes.add(hashSecret(code));
      return code;
    },
    redeemCode(code) {
      if (!codes.delete(hashSecret(code))) {
        throw new ControlError(
          401,
          'CODE_USED',
          'This link was used before, or belongs to another run.',
          'Run "brickbox status" for a fresh link.',
        );
      }
      const key = secrets.hex(24);
      keys.add(hashSecret(key));
      return key;
    },
  };
}

/** Both sides are hashed first, so the comparison takes the same time whatever the lengths. */
function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
