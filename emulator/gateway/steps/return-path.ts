/**
 * Where a sign-in or sign-out may return to: a path of this app, never another site (code: oauth2-proxy,
 * redirect validation). Anything else becomes `/`.
 */
export function returnPath(candidate: string | null | undefined, origin: string): string {
  if (!candidate || hasUnsafeSign(candidate)) return '/';
  if (!candidate.startsWith('/') && !candidate.startsWith(`${origin}/`)) return '/';
  const url = URL.canParse(candidate, origin) ? new URL(candidate, origin) : undefined;
  // `/.//host` and the like collapse to `//host` only after parsing, hence the second look.
  if (url?.origin !== origin || url.pathname.startsWith('//')) return '/';
  if (url.pathname.startsWith('/.auth/')) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Backslashes are slashes to a browser, and control characters vanish. */
function hasUnsafeSign(candidate: string): boolean {
  for (const sign of candidate) if (sign <= ' ' || sign === '\\' || sign === '\u007f') return true;
  return false;
}
