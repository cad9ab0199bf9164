'use strict';
/*
 * Loaded into every Node process of an app by NODE_OPTIONS (Node 18 and later, main thread and workers). It
 * sends each outbound TCP connection through the egress gate of the run, refuses names the policy refuses with
 * the error a deployed app sees, and refuses UDP. It is advisory: native addons and other programs pass it by.
 *
 * The gate's address and the app's token are in EGRESS_GATE. What the gate understands is described in
 * cooperative/shim-lines.ts.
 */

const marker = Symbol.for('brickbox.egress.preload');
const gate = readGate(process.env.EGRESS_GATE);
if (gate && !globalThis[marker]) {
  Object.defineProperty(globalThis, marker, { value: true });
  install();
}

function readGate(address) {
  try {
    const url = new URL(address);
    return { port: Number(url.port), token: decodeURIComponent(url.password) };
  } catch {
    return undefined;
  }
}

function install() {
  const net = require('node:net');
  const dns = require('node:dns');
  const tls = require('node:tls');
  const { promisify } = require('node:util');

  const carried = carryEnvironment();
  const connect = net.Socket.prototype.connect;
  const write = net.Socket.prototype.write;
  const seenPorts = new Set();

  function line(kind, host, port, protocol) {
    const { token } = gate;
    const name = process.argv[1] || process.execPath;
    const who = `${name.slice(name.lastIndexOf('/') + 1)} (${process.pid})`.slice(-200);
    const message = { k: kind, token, host, port, protocol, process: who };
    return Buffer.from(`BRICKBOX/1 ${JSON.stringify(message)}\n`);
  }

  function openGate() {
    const socket = new net.Socket();
    socket.on('error', () => {});
    return connect.call(socket, { host: '127.0.0.1', port: gate.port });
  }

  /** Fire and forget: tells the gate what it cannot see itself. */
  function note(host, port, protocol) {
    const socket = openGate();
    socket.unref();
    write.call(socket, line('note', host, port, protocol));
    socket.end();
    socket.resume();
  }

  /** Asks whether a name may be resolved; an unreachable gate means no. */
  function ask(host, done) {
    const socket = openGate();
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part) => {
      text += part;
    });
    socket.once('close', () => {
      let answer;
      try {
        answer = JSON.parse(text);
      } catch {
        answer = { verdict: 'denied', rcode: 'SERVFAIL' };
      }
      done(answer);
    });
    write.call(socket, line('name', host, null, 'dns'));
  }

  function lookupError(host, rcode) {
    const code = rcode === 'NXDOMAIN' ? 'ENOTFOUND' : 'EAI_AGAIN';
    const error = new Error(`getaddrinfo ${code} ${host}`);
    return Object.assign(error, {
      errno: code === 'ENOTFOUND' ? -3008 : -3001,
      code,
      syscall: 'getaddrinfo',
      hostname: host,
    });
  }

  function queryError(syscall, host, code) {
    const error = new Error(`${syscall} ${code} ${host}`);
    return Object.assign(error, { errno: undefined, code, syscall, hostname: host });
  }

  // Names

  const originalLookup = dns.lookup;

  function lookup(host, options, callback) {
    const done = typeof options === 'function' ? options : callback;
    if (typeof host !== 'string' || isLocal(host) || net.isIP(host) || typeof done !== 'function') {
      return originalLookup.call(dns, host, options, callback);
    }
    const wanted = typeof options === 'object' && options ? options : { family: options };
    ask(host, (answer) => {
      if (answer.verdict === 'denied') return done(lookupError(host, answer.rcode));
      // Synthetic addresses are IPv4 only.
      if (wanted.family === 6 || wanted.family === 'IPv6') return done(lookupError(host, 'NXDOMAIN'));
      return wanted.all ? done(null, [{ address: answer.ip, family: 4 }]) : done(null, answer.ip, 4);
    });
    return {};
  }

  function lookupPromise(host, options) {
    return new Promise((resolve, reject) => {
      lookup(host, options ?? {}, (error, address, family) => {
        if (error) reject(error);
        else resolve(Array.isArray(address) ? address : { address, family });
      });
    });
  }
  Object.defineProperty(lookup, promisify.custom, { value: lookupPromise });
  dns.lookup = lookup;
  dns.promises.lookup = lookupPromise;

  const recordTypes = {
    resolve: 'A',
    resolve4: 'A',
    resolve6: 'AAAA',
    resolveAny: 'ANY',
    resolveCaa: 'CAA',
    resolveCname: 'CNAME',
    resolveMx: 'MX',
    resolveNaptr: 'NAPTR',
    resolveNs: 'NS',
    resolvePtr: 'PTR',
    resolveSoa: 'SOA',
    resolveSrv: 'SRV',
    resolveTlsa: 'TLSA',
    resolveTxt: 'TXT',
    reverse: 'PTR',
  };
  const queryCodes = { SERVFAIL: 'ESERVFAIL', NXDOMAIN: 'ENOTFOUND', REFUSED: 'EREFUSED' };

  /** Answers a DNS query from the gate: addresses for allowed names, no data for other record types. */
  function query(method, host, type, done) {
    const syscall = method === 'reverse' ? 'getHostByAddr' : `query${type[0]}${type.slice(1).toLowerCase()}`;
    if (method === 'reverse') return process.nextTick(done, queryError(syscall, host, 'ENOTFOUND'));
    ask(host, (answer) => {
      if (answer.verdict === 'denied')
        return done(queryError(syscall, host, queryCodes[answer.rcode] || 'ESERVFAIL'));
      return type === 'A' ? done(null, [answer.ip]) : done(queryError(syscall, host, 'ENODATA'));
    });
  }

  function patchResolver(target, asPromise) {
    for (const [method, defaultType] of Object.entries(recordTypes)) {
      const original = target[method];
      if (typeof original !== 'function') continue;
      target[method] = function (host, ...rest) {
        const given = typeof rest[0] === 'string' ? rest[0] : defaultType;
        const done = rest.at(-1);
        if (typeof host !== 'string' || isLocal(host) || (!asPromise && typeof done !== 'function')) {
          return original.call(this, host, ...rest);
        }
        // With `ttl: true` an A answer is a list of objects.
        const withTtl = typeof rest[0] === 'object' && rest[0] !== null && rest[0].ttl;
        const shape = (records) => (withTtl ? records.map((address) => ({ address, ttl: 5 })) : records);
        if (!asPromise)
          return query(method, host, given, (error, found) =>
            error ? done(error) : done(null, shape(found)),
          );
        return new Promise((resolve, reject) => {
          query(method, host, given, (error, found) => (error ? reject(error) : resolve(shape(found))));
        });
      };
    }
  }
  patchResolver(dns, false);
  patchResolver(dns.Resolver.prototype, false);
  patchResolver(dns.promises, true);
  patchResolver(dns.promises.Resolver.prototype, true);

  // TCP

  net.Socket.prototype.connect = function (...args) {
    const normalized = args.length === 1 && Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
    const [options, callback] = normalized;
    if (options.path) return connect.call(this, normalized);
    const host = options.host || 'localhost';
    const port = Number(options.port);
    if (isLocal(host)) {
      noteLocalPort(port);
      return connect.call(this, normalized);
    }
    if (this instanceof tls.TLSSocket) {
      // Only reached by sockets made without tls.connect; the line would have to go before the handshake.
      process.nextTick(() => this.destroy(lookupError(host, 'SERVFAIL')));
      return this;
    }
    const redirected = {
      ...options,
      host: net.isIP(host) ? '127.0.0.1' : host,
      port: gate.port,
      family: 4,
      autoSelectFamily: false,
      localAddress: undefined,
      localPort: undefined,
      lookup: (_name, wanted, done) =>
        ask(host, (answer) => {
          if (answer.verdict === 'denied') return done(lookupError(host, answer.rcode));
          return wanted?.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
        }),
    };
    if (callback) this.once('connect', callback);
    connect.call(this, redirected);
    write.call(this, line('flow', host, port, 'tcp'));
    return this;
  };

  const listen = net.Server.prototype.listen;
  net.Server.prototype.listen = function (...args) {
    this.once('listening', () => {
      const address = this.address();
      if (address && typeof address === 'object') seenPorts.add(address.port);
    });
    return listen.apply(this, args);
  };

  /** A loopback port is let through; the gate is told once a port, when this process does not serve it itself. */
  function noteLocalPort(port) {
    if (port === gate.port || seenPorts.has(port) || !(port > 0)) return;
    seenPorts.add(port);
    note('127.0.0.1', port, 'tcp');
  }

  const tlsConnect = tls.connect;
  tls.connect = function (...args) {
    const [given, callback] = net._normalizeArgs(args);
    // The same reading of (port, host, options) as tls.connect has.
    const extra = args.slice(1, 3).find((value) => value !== null && typeof value === 'object');
    const options = { ...given, ...extra };
    const host = options.host || 'localhost';
    if (options.socket || options.path || isLocal(host)) return tlsConnect.apply(this, args);
    const { port, timeout, noDelay, keepAlive, keepAliveInitialDelay, signal } = options;
    const raw = net.connect({ host, port, noDelay, keepAlive, keepAliveInitialDelay, signal });
    const secured = tlsConnect.call(this, { ...options, host, timeout, socket: raw }, callback);
    raw.on('error', (error) => secured.destroy(error));
    return secured;
  };

  // UDP

  const dgram = require('node:dgram');
  const send = dgram.Socket.prototype.send;
  const dgramConnect = dgram.Socket.prototype.connect;

  function refuseUdp(socket, host, port, callback) {
    note(host, port, 'udp');
    const error = net.isIP(host)
      ? Object.assign(new Error(`send EPERM ${host}:${port}`), {
          errno: -1,
          code: 'EPERM',
          syscall: 'send',
          address: host,
          port,
        })
      : lookupError(host, 'SERVFAIL');
    process.nextTick(() => {
      if (typeof callback === 'function') callback(error);
      else socket.emit('error', error);
    });
  }

  dgram.Socket.prototype.send = function (message, ...rest) {
    const callback = typeof rest.at(-1) === 'function' ? rest.at(-1) : undefined;
    const values = rest.filter((value) => typeof value !== 'function');
    const numbers = values.filter((value) => typeof value === 'number').length;
    const [port, host] = numbers >= 3 ? values.slice(2) : numbers === 2 ? [] : values;
    if (typeof host === 'string' && host !== '' && !isLocal(host))
      return refuseUdp(this, host, Number(port), callback);
    return send.call(this, message, ...rest);
  };

  dgram.Socket.prototype.connect = function (port, address, callback) {
    const host = typeof address === 'string' ? address : '';
    if (host === '' || isLocal(host)) return dgramConnect.call(this, port, address, callback);
    return refuseUdp(this, host, Number(port), typeof address === 'function' ? address : callback);
  };

  // Children and the environment

  /**
   * Takes the proxy variables out of this process, because a client that honours them would see the proxy's 403
   * and not the error of a deployed app, and gives them back to child processes.
   */
  function carryEnvironment() {
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
      name,
      name.toLowerCase(),
    ]);
    const kept = {};
    for (const name of ['EGRESS_GATE', 'NODE_OPTIONS', 'PYTHONPATH', 'JAVA_TOOL_OPTIONS', ...names]) {
      if (process.env[name] !== undefined) kept[name] = process.env[name];
    }
    // A worker has a copy of the environment after this step: it finds no proxy variables to keep or to remove.
    for (const name of names) delete process.env[name];
    return kept;
  }

  const childProcess = require('node:child_process');
  const spawn = childProcess.ChildProcess.prototype.spawn;
  childProcess.ChildProcess.prototype.spawn = function (options) {
    const pairs = options.envPairs;
    if (Array.isArray(pairs)) {
      const present = new Set(pairs.map((pair) => pair.slice(0, pair.indexOf('='))));
      for (const [name, value] of Object.entries(carried))
        if (!present.has(name)) pairs.push(`${name}=${value}`);
    }
    return spawn.call(this, options);
  };

  for (const method of ['spawnSync', 'execFileSync', 'execSync']) {
    const original = childProcess[method];
    childProcess[method] = function (command, ...rest) {
      const at = rest.findIndex(
        (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
      );
      const options = at < 0 ? {} : rest[at];
      const withEnv = { ...options, env: { ...carried, ...(options.env ?? process.env) } };
      const others = rest.filter((value, index) => index !== at && value !== undefined);
      return original.call(this, command, ...others, withEnv);
    };
  }

  require('node:module').syncBuiltinESMExports();

  /** Addresses of this machine, and what is no network address at all. */
  function isLocal(given) {
    const host = String(given)
      .toLowerCase()
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, '')
      .replace(/^::ffff:(?=\d+\.)/, '');
    if (host === '' || host === 'localhost' || host.endsWith('.localhost')) return true;
    if (net.isIP(host) === 4) return host.startsWith('127.') || host === '0.0.0.0';
    return host === '::1' || host === '::';
  }
}
