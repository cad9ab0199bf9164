import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { listenOnLoopback, systemSecrets } from '../core/index.ts';
import type { MintedToken, MintRequest, Principal } from '../identity/index.ts';
import type { OpenExchange } from '../journal/index.ts';
import { type Answer, page, writeAnswer, writeRawAnswer } from './answer.ts';
import type { Gateway, GatewayOptions } from './contract.ts';
import { cookieNames } from './cookies.ts';
import { Exchange } from './exchange.ts';
import { Findings } from './findings.ts';
import { type Forwarding, forwardRequest, forwardUpgrade } from './forward.ts';
import { Recent } from './recent.ts';
import { effectiveScopes, userApiScopes } from './scopes.ts';
import { createSealer } from './seal.ts';
import { Sessions } from './sessions.ts';
import { readSettings } from './settings.ts';
import type { Front } from './steps/step.ts';
import { decide } from './steps/table.ts';
import { ForwardedTokens } from './tokens.ts';
import { createNodeUpstream } from './upstream/node.ts';
import { maxHeaderSize, type Upstream } from './upstream/upstream.ts';

/**
 * Opens the gateway of one app on 127.0.0.1.
 * @throws BrickboxError for an unknown or invalid setting (GATEWAY_SETTING_*), or a port in use (PORT_TAKEN).
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const settings = readSettings(options.settings);
  const upstream = await openUpstream(options.upstream ?? settings.upstream);
  const server = createServer({
    maxHeaderSize,
    keepAliveTimeout: 65_000,
    // Uploads take as long as they take; `stream_timeout` bounds the whole.
    requestTimeout: 0,
    shouldUpgradeCallback: (req) => req.headers.upgrade?.toLowerCase() === 'websocket',
  });
  const port = await listenOnLoopback(
    server,
    options.port ?? 0,
    `the gateway of app ${options.backend.name}`,
  );
  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;

  const secrets = options.secrets ?? systemSecrets;
  const sealer = createSealer(options.sealingKey ?? secrets.bytes(32), secrets);
  const cookies = cookieNames(options.backend.name, options.sandboxId, false);
  const sessions = new Sessions({
    clock: options.clock,
    secrets,
    sealer,
    directory: options.identity.directory,
    cookie: cookies.session,
    ttl: settings.session_ttl,
  });
  const client =
    typeof options.client === 'function'
      ? options.client({ origin, redirectUri: `${origin}/.auth/callback` })
      : options.client;
  const front: Front = {
    options,
    settings,
    client,
    origin,
    host,
    cookies,
    sessions,
    sealer,
    secrets,
    findings: new Findings(options.journal, options.backend.name),
    allowed: new Recent(2000),
  };
  return new RunningGateway(front, server, upstream);
}

async function openUpstream(kind: 'node' | 'http-proxy-middleware'): Promise<Upstream> {
  if (kind === 'node') return createNodeUpstream();
  const { createMiddlewareUpstream } = await import('./upstream/middleware.ts');
  return createMiddlewareUpstream();
}

/** How an exchange is answered: on a response, or on the bare socket of an upgrade. */
interface Line {
  answer(answer: Answer): void;
  forward(forwarding: Forwarding): void;
}

class RunningGateway implements Gateway {
  readonly #front: Front;
  readonly #server: Server;
  readonly #upstream: Upstream;
  readonly #tokens: ForwardedTokens;
  /** Without any, no user token is forwarded. */
  readonly #hasUserScopes: boolean;
  readonly #open = new Map<string, Exchange>();
  /** Why new requests are refused, while a drain is under way. */
  #draining: string | undefined;
  #closed: Promise<void> | undefined;

  constructor(front: Front, server: Server, upstream: Upstream) {
    this.#front = front;
    this.#server = server;
    this.#upstream = upstream;
    this.#hasUserScopes = userApiScopes(front.options.scopes).length > 0;
    this.#tokens = new ForwardedTokens(front.options.identity, front.options.clock);
    server.on('request', (req, res) => this.#request(req, res, false));
    server.on('checkContinue', (req, res) => this.#request(req, res, true));
    server.on('upgrade', (req, socket, head) => this.#upgrade(req, socket, head));
  }

  get origin(): string {
    return this.#front.origin;
  }

  async session(principal: Principal): Promise<{ cookie: string; sessionId: string }> {
    const { client, options, sessions, cookies } = this.#front;
    const { consents } = options.identity;
    let scopes = consents.get(principal.name, client.clientId);
    if (!scopes) {
      scopes = client.scopes;
      consents.grant(principal.name, client.clientId, scopes);
    }
    const { id, value } = sessions.start(principal, scopes);
    return { cookie: `${cookies.session}=${value}`, sessionId: id };
  }

  endSessions(principal?: Principal): void {
    this.#front.sessions.endAll(principal);
  }

  sessionState(sessionId: string): 'open' | 'ended' | 'unknown' {
    return this.#front.sessions.state(sessionId);
  }

  exchangeOpen(exchangeId: string): boolean {
    return this.#open.has(exchangeId);
  }

  openExchanges(): OpenExchange[] {
    return [...this.#open.values()].flatMap(({ id, caller, started, tokenId }) =>
      caller && tokenId !== undefined
        ? [
            {
              id,
              principal: caller.principal.name,
              started,
              userTokenId: caller.principal.kind === 'user' ? tokenId : null,
            },
          ]
        : [],
    );
  }

  async drain(reason: string): Promise<void> {
    this.#draining = reason;
    try {
      await Promise.all([...this.#open.values()].map((exchange) => cut(exchange, reason)));
    } finally {
      this.#draining = undefined;
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const down = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.drain('The sandbox is closing.');
    this.#server.closeAllConnections();
    this.#upstream.close();
    await down;
  }

  #request(req: IncomingMessage, res: ServerResponse, wantsContinue: boolean): void {
    const exchange = this.#begin(req, false);
    res.on('close', () => this.#end(exchange));
    this.#run(exchange, {
      answer: (answer) => writeAnswer(res, answer, exchange.id),
      forward: (forwarding) => {
        if (wantsContinue) res.writeContinue();
        forwardRequest(forwarding, res);
      },
    });
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!(socket instanceof Socket)) {
      socket.destroy();
      return;
    }
    const exchange = this.#begin(req, true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#end(exchange));
    this.#run(exchange, {
      answer: (answer) => writeRawAnswer(socket, answer, exchange.id),
      forward: (forwarding) => forwardUpgrade(forwarding, socket, head),
    });
  }

  #begin(req: IncomingMessage, upgrade: boolean): Exchange {
    const { secrets, options } = this.#front;
    const exchange = new Exchange({ id: secrets.uuid(), req, upgrade, started: options.clock.wall() });
    this.#open.set(exchange.id, exchange);
    return exchange;
  }

  /** Decides and acts; without waiting when no rule has to. */
  #run(exchange: Exchange, line: Line): void {
    const fail = (error: unknown) => {
      this.#front.options.log.error(`gateway: ${error instanceof Error ? error.message : String(error)}`);
      this.#answer(exchange, line, ownFault(exchange));
    };
    try {
      if (this.#draining !== undefined) {
        this.#answer(exchange, line, unavailable(exchange, this.#draining));
        return;
      }
      const verdict = decide(exchange, this.#front);
      if (verdict instanceof Promise) {
        verdict.then((answer) => this.#act(exchange, line, answer)).catch(fail);
        return;
      }
      const acting = this.#act(exchange, line, verdict);
      if (acting) acting.catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  #act(exchange: Exchange, line: Line, verdict: Answer | undefined): Promise<void> | undefined {
    const answer = exchange.pendingCut ?? verdict;
    if (answer) {
      this.#answer(exchange, line, answer);
      return undefined;
    }
    const token = this.#accessToken(exchange);
    if (token instanceof Promise) return token.then((minted) => this.#forward(exchange, line, minted));
    this.#forward(exchange, line, token);
    return undefined;
  }

  #answer(exchange: Exchange, line: Line, answer: Answer): void {
    exchange.decided(answer);
    line.answer(answer);
  }

  #forward(exchange: Exchange, line: Line, minted: MintedToken | undefined): void {
    const target = this.#front.options.backend.target();
    const refused = exchange.pendingCut ?? (target ? undefined : unavailable(exchange, 'The app went away.'));
    if (refused || !target) {
      if (refused) this.#answer(exchange, line, refused);
      return;
    }
    exchange.tokenId = minted?.tokenId ?? null;
    line.forward({
      exchange,
      front: this.#front,
      upstream: this.#upstream,
      target,
      accessToken: minted?.token,
    });
  }

  /**
   * The user token for the app, at once when it is at hand. Only apps with `user_api_scopes` get one; a
   * program's token is downscoped without consent (field), never widened.
   */
  #accessToken(exchange: Exchange): MintedToken | undefined | Promise<MintedToken> {
    const { options, client, settings } = this.#front;
    const { caller, session } = exchange;
    if (!caller || !this.#hasUserScopes) return undefined;
    const key = session ? session.id : `bearer ${caller.tokenId}`;
    const cached = settings.token_per_exchange ? undefined : this.#tokens.cached(key);
    if (cached) return cached;
    const request: MintRequest = {
      principal: caller.principal,
      how: 'obo',
      clientId: client.clientId,
      scopes: effectiveScopes(options.scopes, session ? session.scopes : caller.scopes),
      origin: options.workspaceOrigin,
      app: options.backend.name,
      session: session ? session.id : caller.session,
      exchange: settings.token_per_exchange ? exchange.id : null,
    };
    return settings.token_per_exchange ? this.#tokens.mintOnce(request) : this.#tokens.mint(key, request);
  }

  #end(exchange: Exchange): void {
    if (!this.#open.delete(exchange.id)) return;
    exchange.left?.();
    const { options } = this.#front;
    const principal = exchange.caller?.principal ?? exchange.session?.principal;
    options.journal.append({
      kind: 'exchange',
      exchange: exchange.id,
      app: options.backend.name,
      persona: principal?.name ?? null,
      session: exchange.session?.id ?? null,
      ...(exchange.tokenId && { tokenId: exchange.tokenId }),
      method: exchange.req.method ?? 'GET',
      path: exchange.path,
      status: exchange.status,
      duration: options.clock.wall() - exchange.started,
      outcome: exchange.outcome,
      ...(exchange.explanation && { explanation: exchange.explanation }),
    });
    exchange.over?.();
  }
}

/** Ends one open exchange with 503 and waits until it is over. */
function cut(exchange: Exchange, reason: string): Promise<void> {
  return new Promise((resolve) => {
    exchange.over = resolve;
    const answer = unavailable(exchange, reason);
    if (exchange.cut) exchange.cut(answer);
    else exchange.pendingCut = answer;
  });
}

function unavailable(exchange: Exchange, reason: string): Answer {
  return page(
    {
      status: 503,
      title: 'Service Unavailable',
      text: 'The request was ended by the gateway.',
      explanation: { rule: reason, fix: 'Send the request again.' },
    },
    exchange.id,
    'unavailable',
  );
}

function ownFault(exchange: Exchange): Answer {
  return page(
    {
      status: 500,
      title: 'Internal Server Error',
      text: 'The gateway could not handle the request.',
      explanation: {
        rule: 'Brickbox itself failed; the log of the run has the message.',
        fix: 'Please report it with the request id and the log line.',
      },
    },
    exchange.id,
    'error',
  );
}
