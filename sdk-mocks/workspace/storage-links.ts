import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../../emulator/core/index.ts';
import { storagePath } from '../sql/index.ts';
import { ClientGone, readBody } from './body.ts';
import type { House } from './pipeline/context.ts';

/**
 * Presigned URLs of volume files: the token in the path is the credential, and stands for one action on one file. The
 * maker's rights are asked again (stricter than the platform, whose links live on).
 * @returns false when the path is not one of the storage host.
 */
export async function serveStorageLink(
  req: IncomingMessage,
  res: ServerResponse,
  house: House,
): Promise<boolean> {
  const path = (req.url ?? '').split('?')[0] ?? '';
  if (!path.startsWith(storagePath)) return false;
  try {
    await serve(req, res, house, path.slice(storagePath.length));
  } catch (error) {
    if (error instanceof ClientGone || res.headersSent) res.destroy();
    else if (error instanceof ApiError) refuse(res, error.status, String(error.code));
    else {
      house.services.log.error(`a link to a volume file failed: ${String(error)}`);
      refuse(res, 500, 'InternalError');
    }
  }
  return true;
}

async function serve(req: IncomingMessage, res: ServerResponse, house: House, token: string): Promise<void> {
  const { volumes } = house.services;
  const action = req.method === 'HEAD' ? 'GET' : req.method;
  if (action !== 'GET' && action !== 'PUT' && action !== 'DELETE')
    return refuse(res, 405, 'MethodNotAllowed');
  const link = volumes.redeem(token, action);
  if (!link) return refuse(res, 403, 'AccessDenied');
  if (action === 'PUT') {
    const body = await readBody(req, house.settings.maxFileBytes);
    volumes.write(link.caller, link.path, body, { overwrite: link.overwrite });
    res.writeHead(200, { 'content-length': 0 }).end();
  } else if (action === 'DELETE') {
    volumes.remove(link.caller, link.path);
    res.writeHead(204).end();
  } else {
    const { entry, bytes } = volumes.read(link.caller, link.path);
    res.writeHead(200, {
      'content-type': entry.contentType,
      'content-length': bytes.length,
      'last-modified': new Date(entry.modifiedAt).toUTCString(),
    });
    res.end(bytes);
  }
}

/** In the form of an object store, which is what clients expect behind such a URL. Says nothing of the file. */
function refuse(res: ServerResponse, status: number, code: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`;
  res.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  res.end(text);
}
