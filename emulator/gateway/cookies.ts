/**
 * Names and handling of cookies. Cookies ignore ports, so on loopback every name carries the app's and the
 * sandbox's id; the platform's `__Host-` prefix needs Secure and is used on TLS only.
 */
export interface CookieNames {
  session: string;
  csrf: string;
  secure: boolean;
}

export function cookieNames(app: string, sandboxId: string, secure: boolean): CookieNames {
  const base = `${secure ? '__Host-' : ''}databricksapps_${app}_${sandboxId}`;
  return { session: base, csrf: `${base}_csrf`, secure };
}

/** Value of the first cookie of that name in a Cookie header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (!header) return undefined;
  for (let from = 0; from <= header.length; ) {
    const semicolon = header.indexOf(';', from);
    const to = semicolon < 0 ? header.length : semicolon;
    let start = from;
    while (header.charCodeAt(start) === 32) start += 1;
    if (header.startsWith(name, start) && header.charCodeAt(start + name.length) === 61) {
      return header.slice(start + name.length + 1, to).trim();
    }
    from = to + 1;
  }
  return undefined;
}

const ours = /^(?:__Host-|__Secure-)?(?:databricksapps|brickbox)/i;

/**
 * A Cookie header without any cookie of Brickbox's own, whichever app or sandbox it belongs to; undefined when
 * nothing is left. The app never sees a session (assumed: the platform drops its two cookies as well).
 */
export function withoutOurCookies(header: string): string | undefined {
  if (!/databricksapps|brickbox/i.test(header)) return header;
  const kept = header.split(';').filter((part) => part.trim() !== '' && !ours.test(part.trim()));
  return kept.length === 0 ? undefined : kept.join(';').trim();
}

/** A Set-Cookie value. `maxAge` in seconds; 0 deletes. */
export function setCookie(names: CookieNames, name: string, value: string, maxAge: number): string {
  const secure = names.secure ? '; Secure' : '';
  return `${name}=${value}; Path=/; Max-Age=${Math.floor(maxAge)}${secure}; HttpOnly; SameSite=Lax`;
}
