import { z } from 'zod';

/**
 * What the namespace's init and the gate outside say to each other over a unix socket, one JSON value a line.
 * The first connection is the control connection; each outbound TCP connection of the app is one more.
 */

/** `node (12)`, as the app sees it. */
const program = z.string().max(200).nullable();
const port = z.number().int().min(0).max(65535);

/** From inside. */
export const insideMessage = z.discriminatedUnion('k', [
  z.object({ k: z.literal('hello') }),
  z.object({
    k: z.literal('dns'),
    id: z.number(),
    name: z.string().max(255),
    type: z.string(),
    process: program,
  }),
  z.object({ k: z.literal('flow'), address: z.string(), port, process: program }),
  z.object({ k: z.literal('udp'), address: z.string(), port }),
  z.object({ k: z.literal('ready') }),
]);
export type InsideMessage = z.output<typeof insideMessage>;

/** First answer on the control connection: everything init needs. It never touches a file or a command line. */
export interface Setup {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Where the app listens, inside; null for a command that is not reached from outside. */
  appPort: number | null;
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

/** Answer to a name: an address (and whether it is the sandbox's own), or how it fails. */
export type NameAnswer =
  | { id: number; address: string; platform: boolean }
  | { id: number; failure: 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED' };
