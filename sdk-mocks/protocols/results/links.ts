import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Secrets } from '../../../emulator/core/index.ts';

/** A file of a result that a client fetches by URL. */
export interface ResultLink {
  /** Path and query, to be put behind the origin the client came by. */
  path: string;
  /** Virtual epoch milliseconds. */
  expiresAt: number;
}

export interface ResultLinks {
  /**
   * Offers bytes for download, to whoever holds the link: drivers send no credential with it. It ends after
   * `lifetime`, when its group is dropped, and when its owner is no longer active.
   */
  offer(file: {
    /** User name or application id whose result it is. */
    owner: string;
    /** Links that end together, for example of one session. */
    group: string;
    /** Made when it is asked for; may be asked for again. */
    bytes(): Buffer | Promise<Buffer>;
    contentType: string;
  }): ResultLink;
  drop(group: string): void;
  clear(): void;
  /** Answers a request for a link. False when the path is none of ours. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
}

interface Offered {
  owner: string;
  group: string;
  expiresAt: number;
  contentType: string;
  bytes(): Buffer | Promise<Buffer>;
}

const prefix = '/.brickbox/results/';
/** docs, recorded: links live 15 minutes at most. */
const defaultLifetime = 15 * 60_000;

/** Signed, expiring links to results of one sandbox. `active`: may this principal still read anything? */
export function createResultLinks(options: {
  clock: Clock;
  secrets: Secrets;
  active(owner: string): boolean;
  /** Milliseconds of virtual time. */
  lifetime?: number;
}): ResultLinks {
  const { clock, secrets, active, lifetime = defaultLifetime } = options;
  const key = secrets.bytes(32);
  const files = new Map<string, Offered>();

  const sign = (id: string, owner: string, expiresAt: number) =>
    createHmac('sha256', key).update(`${id}\n${owner}\n${expiresAt}`).digest('hex');

  const forgetExpired = () => {
    for (const [id, { expiresAt }] of files) {
      if (expiresAt > clock.now()) return;
      files.delete(id);
    }
  };

  const find = (url: URL): Offered | 'forbidden' => {
    const id = url.pathname.slice(prefix.length);
    const file = files.get(id);
    const signature = Buffer.from(url.searchParams.get('signature') ?? '', 'utf8');
    if (!file || url.searchParams.get('expires') !== String(file.expiresAt)) return 'forbidden';
    const wanted = Buffer.from(sign(id, file.owner, file.expiresAt), 'utf8');
    if (signature.length !== wanted.length || !timingSafeEqual(signature, wanted)) return 'forbidden';
    return file.expiresAt > clock.now() && active(file.owner) ? file : 'forbidden';
  };

  return {
    offer({ owner, group, bytes, contentType }) {
      forgetExpired();
      const id = secrets.hex(16);
      const expiresAt = clock.now() + lifetime;
      files.set(id, { owner, group, bytes, contentType, expiresAt });
      return {
        path: `${prefix}${id}?expires=${expiresAt}&signature=${sign(id, owner, expiresAt)}`,
        expiresAt,
      };
    },
    drop(group) {
      for (const [id, file] of files) if (file.group === group) files.delete(id);
    },
    clear: () => files.clear(),
    async handle(req, res) {
      if (!req.url?.startsWith(prefix)) return false;
      const url = new URL(req.url, 'http://127.0.0.1');
      if (req.method !== 'GET' && req.method !== 'HEAD') {
        plain(res, 405, 'Only GET.');
        return true;
      }
      const file = find(url);
      if (file === 'forbidden') {
        // assumed: the object stores behind the real links answer 403 to expired and altered ones alike.
        plain(
          res,
          403,
          'This result link is wrong, has expired, or its owner may no longer read it. Run the statement again.',
        );
        return true;
      }
      const bytes = await file.bytes();
      res.writeHead(200, { 'content-type': file.contentType, 'content-length': bytes.length });
      res.end(req.method === 'HEAD' ? undefined : bytes);
      return true;
    },
  };
}

function plain(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  res.end(`${text}\n`);
}
