// Node clients of the egress matrix: each reaches for its own name in the zone it is given, all at once.
import dgram from 'node:dgram';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';

const [, , packages, zone, address] = process.argv;
const require = createRequire(`${packages}/index.js`);
const { request } = require('undici');
const axios = require('axios');
const pg = require('pg');
const WebSocket = require('ws');
const { default: got } = await import(require.resolve('got'));

const connected = (socket, event = 'connect') =>
  new Promise((resolve, reject) => {
    socket.once(event, () => {
      socket.destroy();
      resolve('connected');
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
    socket.setTimeout(15_000, () => socket.destroy(new Error('timed out')));
  });

/** A reset after the handshake is a refusal: only an answer counts. */
const answered = (socket) =>
  new Promise((resolve, reject) => {
    socket.once('data', () => resolve('answered'));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
    socket.setTimeout(15_000, () => socket.destroy(new Error('timed out')));
    socket.write('GET / HTTP/1.0\r\n\r\n');
  });

const probes = {
  'node-fetch-built-in': async (host) => `${(await fetch(`http://${host}/`)).status}`,
  'node-http': (host) =>
    new Promise((resolve, reject) =>
      http.get({ host, path: '/' }, (res) => resolve(`${res.statusCode}`)).once('error', reject),
    ),
  'node-undici': async (host) => `${(await request(`http://${host}/`)).statusCode}`,
  'node-axios': async (host) => `${(await axios.get(`http://${host}/`)).status}`,
  'node-got': async (host) => `${(await got(`http://${host}/`, { retry: { limit: 0 } })).statusCode}`,
  'node-ws': (host) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://${host}/`);
      socket.once('unexpected-response', (_req, res) => {
        resolve(`${res.statusCode}`);
        socket.terminate();
      });
      socket.once('open', () => resolve('open'));
      socket.on('error', reject);
    }),
  'node-pg': async (host) => {
    const client = new pg.Client({ host, user: 'x', password: 'x', connectionTimeoutMillis: 15_000 });
    client.on('error', () => {});
    await client.connect();
    return 'connected';
  },
  'node-raw': (host) => answered(net.connect(80, host)),
};

const addresses = {
  'node-address': () => answered(net.connect(80, address)),
  'node-address-sni': (host) =>
    connected(
      tls.connect({ host: address, port: 443, servername: host, rejectUnauthorized: false }),
      'secureConnect',
    ),
  'node-udp': (host) =>
    new Promise((resolve, reject) => {
      const socket = dgram.createSocket('udp4');
      socket.once('error', reject);
      socket.send('x', 443, host, (error) => {
        socket.close();
        error ? reject(error) : resolve('sent');
      });
    }),
};

const chosen = zone.startsWith('denied') ? { ...probes, ...addresses } : probes;
const rows = await Promise.all(
  Object.entries(chosen).map(async ([client, probe]) => {
    try {
      return { client, answer: await probe(`${client}.${zone}`) };
    } catch (error) {
      return { client, error: `${error.cause?.code ?? error.code ?? error.message}` };
    }
  }),
);
for (const row of rows) console.log(JSON.stringify(row));
process.exit(0);
