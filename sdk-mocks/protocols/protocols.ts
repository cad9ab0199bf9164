import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Ids, Secrets } from '../../emulator/core/index.ts';
import type { SqlSession, Warehouse } from '../sql/index.ts';
import type { HttpParts } from './http.ts';
import type { ResultLinks } from './results/index.ts';
import { handleSideCall } from './side-calls.ts';
import {
  createSchema,
  createThriftEndpoint,
  defaultThriftSettings,
  type MetadataPort,
  Sessions,
  type ThriftSettings,
} from './thrift/index.ts';

export interface ProtocolOptions extends HttpParts {
  clock: Clock;
  ids: Ids;
  secrets: Secrets;
  warehouse: Warehouse;
  metadata: MetadataPort;
  /** Where files of large results are offered. */
  links: ResultLinks;
  /** Catalog, schema and time zone a session starts with. */
  session(): SqlSession;
  settings?: Partial<ThriftSettings>;
}

/** Wire protocols on the workspace's listener, beside its REST API. */
export interface Protocols {
  /** Answers SQL drivers and their side calls. False when the request is for somebody else. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /** Open driver sessions. */
  readonly sessions: number;
  /** Ends every session and link: the world was reset, or the sandbox closes. */
  clear(): void;
}

export function createProtocols(options: ProtocolOptions): Protocols {
  const settings = { ...defaultThriftSettings, ...options.settings };
  const { clock, ids, secrets, log, warehouse, metadata, links } = options;
  const sessions = new Sessions({ clock, ids, secrets, links, settings });
  const parts = {
    clock,
    ids,
    secrets,
    log,
    warehouse,
    metadata,
    links,
    sessions,
    settings,
    defaults: options.session,
  };
  const thrift = createThriftEndpoint(parts, options, createSchema());
  return {
    async handle(req, res) {
      if (await thrift.handle(req, res)) return true;
      if (await links.handle(req, res)) return true;
      return handleSideCall(req, res, options);
    },
    get sessions() {
      return sessions.size;
    },
    clear() {
      sessions.clear();
      links.clear();
    },
  };
}
