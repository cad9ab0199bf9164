import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** A handler of node:http. */
export type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** A response that keeps what is written to it. */
class KeptResponse extends ServerResponse {
  readonly chunks: Buffer[] = [];

  override write(chunk: unknown): boolean {
    this.#keep(chunk);
    return true;
  }

  override end(chunk?: unknown): this {
    this.#keep(chunk);
    this.emit('finish');
    return this;
  }

  #keep(chunk: unknown): void {
    if (typeof chunk === 'string') this.chunks.push(Buffer.from(chunk));
    else if (Buffer.isBuffer(chunk)) this.chunks.push(chunk);
  }
}

/** Posts a form to a handler of this process, without a socket. `prepare` sees the request before it is handled. */
export async function post(
  handler: Handler,
  url: string,
  form: URLSearchParams,
  prepare: (req: IncomingMessage) => void = () => {},
): Promise<{ status: number; body: string }> {
  const body = Buffer.from(form.toString());
  const req = new IncomingMessage(new Socket());
  req.method = 'POST';
  req.url = url;
  req.headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
    accept: 'application/json',
  };
  req.push(body);
  req.push(null);
  prepare(req);
  const res = new KeptResponse(req);
  await handler(req, res);
  return { status: res.statusCode, body: Buffer.concat(res.chunks).toString('utf8') };
}
