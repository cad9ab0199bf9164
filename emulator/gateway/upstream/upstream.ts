import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { UpstreamTarget } from '../contract.ts';

/** One request on its way to the app, with everything already decided. */
export interface Passage {
  readonly target: UpstreamTarget;
  /** Path and query. */
  readonly path: string;
  /** Complete headers for the app: name, value, name, value. */
  readonly headers: readonly string[];
  /** Headers added to the app's answer, in the same form. */
  readonly added: readonly string[];
  /** The app's status line has arrived; nothing has been written to the caller yet. */
  started(status: number): void;
  /** Nothing was written and nothing will be: the connection failed, timed out or broke. */
  failed(error: Error): void;
}

/**
 * Stops a passage; the app's connection is closed. Calling it again does nothing. The gateway also calls it when
 * the caller leaves before the answer is complete.
 */
export type Abort = () => void;

/** Carries requests and WebSockets to the app, streaming both ways. Abort of either side reaches the other. */
export interface Upstream {
  request(req: IncomingMessage, res: ServerResponse, passage: Passage): Abort;
  upgrade(req: IncomingMessage, socket: Socket, head: Buffer, passage: Passage): Abort;
  /** Closes idle connections. Open passages are the caller's to abort. */
  close(): void;
}

/** Whether the request announces a body (RFC 9112 §6.3). */
export function hasBody(req: IncomingMessage): boolean {
  const { headers } = req;
  if (headers['transfer-encoding'] !== undefined) return true;
  return headers['content-length'] !== undefined && headers['content-length'] !== '0';
}

export const maxHeaderSize = 64 * 1024;
