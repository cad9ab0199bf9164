import type { IncomingMessage } from 'node:http';

/** What a client said about itself at the token endpoint. */
export interface ClientCredentials {
  id: string;
  secret: string | null;
}

/**
 * Client id and secret from the header or the form. `undefined`: none were sent; `null`: what was sent is broken
 * or contradicts itself.
 */
export function clientCredentials(
  req: Pick<IncomingMessage, 'headers'>,
  form: ReadonlyMap<string, string>,
): ClientCredentials | null | undefined {
  const id = form.get('client_id');
  const secret = form.get('client_secret');
  const header = req.headers.authorization;
  if (header === undefined) return id === undefined ? undefined : { id, secret: secret ?? null };
  const basic = readBasic(header);
  if (!basic || secret !== undefined || (id !== undefined && id !== basic.id)) return null;
  return basic;
}

function readBasic(header: string): { id: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/_=-]+)$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 1) return undefined;
  return { id: decode(text.slice(0, at)), secret: decode(text.slice(at + 1)) };
}

/** Go encodes id and secret as RFC 6749 asks, Python, Java and JavaScript do not; ours read the same both ways. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
