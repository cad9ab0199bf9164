import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { Disposables, makeRunFolder } from '../core/index.ts';
import { createRunCertificates, writeCaBundles } from '../tls/index.ts';

/**
 * The workspace under a name like the platform's, with certificates of this run. Only the egress gate answers
 * the name: nothing outside the sandbox resolves it to us.
 */
export interface RealisticHost {
  /** `brickbox-1a2b3c4d.cloud.databricks.com` */
  readonly name: string;
  /** Folder of the CA files, which apps must be able to read. */
  readonly folder: string;
  /** CA variables for apps. */
  readonly caEnv: Readonly<Record<string, string>>;
  /** Loopback origins of this host that apps may reach: the revocation lists. */
  readonly origins: readonly string[];
  certificate(host: string): Promise<SecureContext>;
  /** Serves the workspace over TLS on loopback. @returns the port. */
  serve(handler: RequestListener): Promise<number>;
  close(): Promise<void>;
}

/** The made-up name of a sandbox's workspace; the same seed gives the same name. */
export function realisticName(seed: string): string {
  const digest = createHash('sha256').update(`${seed}\0host`).digest('hex');
  return `brickbox-${digest.slice(0, 8)}.cloud.databricks.com`;
}

/**
 * Makes the certificates of a run and the files that let clients trust them.
 * @param options.stubs names answered by stubs, as in `egress.allowed`.
 * @param options.wall epoch milliseconds of wall time.
 */
export async function openRealisticHost(options: {
  seed: string;
  stubs: readonly string[];
  wall: () => number;
}): Promise<RealisticHost> {
  const disposables = new Disposables();
  try {
    const lists = new Map<string, Buffer>();
    const listPort = await listen(createHttpServer(serveLists(lists)), disposables);
    const name = realisticName(options.seed);
    const crlOrigin = `http://127.0.0.1:${listPort}`;
    const certificates = await createRunCertificates({
      names: [name, ...options.stubs.map((stub) => stub.replace(/^\*\./, ''))],
      wall: options.wall,
      crlOrigin,
    });
    for (const [path, list] of certificates.crls()) lists.set(path, list);
    const folder = makeRunFolder('ca');
    disposables.defer(() => rm(folder, { recursive: true, force: true }));
    const caEnv = await writeCaBundles({ folder, bundle: certificates.bundle(), inherited: process.env });
    return {
      name,
      folder,
      caEnv,
      origins: [crlOrigin],
      certificate: async (host) => createSecureContext(await certificates.leaf([host])),
      serve: (handler) => listen(createHttpsServer({ SNICallback: certificates.sni }, handler), disposables),
      close: () => disposables.dispose(),
    };
  } catch (error) {
    await disposables.dispose();
    throw error;
  }
}

/** Clients that check revocation fetch the lists without a token (JDBC does). */
function serveLists(lists: ReadonlyMap<string, Buffer>): RequestListener {
  return (req, res) => {
    const list = lists.get(req.url ?? '');
    const own = req.headers.host === `127.0.0.1:${req.socket.localPort}`;
    if (list && own) res.writeHead(200, { 'content-type': 'application/pkix-crl' }).end(list);
    else res.writeHead(own ? 404 : 421).end();
  };
}

async function listen(
  server: Server & { closeAllConnections(): void },
  disposables: Disposables,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  disposables.defer(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
