import { z } from 'zod';

/**
 * What the namespace's init and the gate outside say to each other over a unix socket, one JSON value a line.
 * The first connection is the control connection; each outbound TCP connection of the app is one more.
 */

/** From inside. */
export const insideMessage = z.discriminatedUnion('k', [
  z.object({ k: z.literal('hello') }),
  z.object({ k: z.literal('dns'), id: z.number(), name: z.string().max(255), type: z.string() }),
  z.object({ k: z.literal('flow'), address: z.string(), port: z.number().int().min(0).max(65535) }),
  z.object({ k: z.literal('ready') }),
]);
export type InsideMessage = z.output<typeof insideMessage>;

/** First answer on the control connection: everything init needs. It never touches a file or a command line. */
export interface Setup {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Where the app listens, inside. */
  appPort: number;
  /** Loopback ports of the sandbox that are bridged to the same ports inside. */
  bridged: readonly number[];
  /** Ports with an acceptor for any address. */
  ports: readonly number[];
  /** Files and sockets hidden from the app. */
  masked: readonly string[];
  /** Mount everything read-only but these folders, and /tmp private: for apps that run as root. */
  writable: readonly string[] | null;
  /** Folders that stay readable where /tmp is private. */
  readable: readonly string[];
}

/** Answer to a name: an address, or how it fails. */
export type NameAnswer =
  | { id: number; address: string }
  | { id: number; failure: 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED' };
