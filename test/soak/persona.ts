import { get, request } from 'node:http';
import { WebSocket } from 'ws';
import type { House } from './messages.ts';

/** One persona at work: each activity checks that what comes back is this person's and nobody else's. */
export interface PersonaAtWork {
  /** Does the next activity. @throws Error when an answer is wrong. */
  next(): Promise<string>;
}

export interface PersonaPorts {
  alias: string;
  house: House;
  /** Signs in through the real redirects. */
  signIn(): Promise<string>;
  token(): Promise<string>;
  /** True while a reset may end whatever is under way. */
  disturbed(since: number): boolean;
  now(): number;
}

export function personaAtWork(ports: PersonaPorts): PersonaAtWork {
  const { house, alias } = ports;
  const me = house.personas[alias] ?? '';
  let cookie: string | undefined;
  let token: string | undefined;
  let turn = Object.keys(house.personas).indexOf(alias);

  const signedIn = async () => {
    cookie ??= await ports.signIn();
    return cookie;
  };
  const activities: Record<string, () => Promise<void>> = {
    async fetch() {
      for (let i = 0; i < 20; i += 1) {
        const answer = await fetch(house.url, { headers: { cookie: await signedIn() }, redirect: 'manual' });
        expectMine(`${answer.status} ${await answer.text()}`, `200 ${JSON.stringify({ who: me })}`);
      }
    },
    async sql() {
      token ??= await ports.token();
      expectMine(await whoIsInTheTable(house, token), `200 ${me}`);
    },
    events: async () => readEvents(house.url, await signedIn(), me),
    webSocket: async () => talk(house.url, await signedIn(), me),
    async signOut() {
      const headers = { cookie: await signedIn() };
      await fetch(`${house.url}/.auth/sign_out`, { headers, redirect: 'manual' });
      const after = await fetch(house.url, { headers, redirect: 'manual' });
      cookie = undefined;
      if (after.status !== 302) throw new Error(`a signed-out session got ${after.status}`);
    },
  };
  const names = Object.keys(activities);

  return {
    async next() {
      const name = names[turn % names.length] ?? '';
      turn += 1;
      const began = ports.now();
      try {
        await activities[name]?.();
      } catch (error) {
        cookie = undefined;
        token = undefined;
        if (!ports.disturbed(began)) throw new Error(`${alias}, ${name}: ${String(error)}`);
        return 'disturbed';
      }
      return name;
    },
  };
}

function expectMine(got: string, expected: string): void {
  if (got !== expected) throw new Error(`expected ${expected}, got ${got}`);
}

/** `<rows> <names in them>` of a table whose row filter leaves each person their own rows. */
function whoIsInTheTable(house: House, token: string): Promise<string> {
  const body = JSON.stringify({
    warehouse_id: house.warehouseId,
    statement: "SELECT count(*), array_join(collect_set(who), ',') FROM main.soak.visits",
    wait_timeout: '30s',
  });
  return new Promise((resolve, reject) => {
    const out = request(
      `${house.workspaceUrl}/api/2.0/sql/statements`,
      { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part) => {
          text += part;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          const row = JSON.parse(text)?.result?.data_array?.[0];
          resolve(Array.isArray(row) ? row.join(' ') : `${answer.statusCode} ${text.slice(0, 200)}`);
        });
      },
    );
    out.on('error', reject);
    out.end(body);
  });
}

/** Reads ten events, then walks away in the middle of the stream. */
function readEvents(url: string, cookie: string, me: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const out = get(`${url}/events`, { headers: { cookie } }, (answer) => {
      answer.setEncoding('utf8');
      answer.on('data', (part) => {
        text += part;
        const events = text.split('\n\n').slice(0, -1);
        if (events.some((event) => event !== `data: ${me}`)) reject(new Error(`got ${text.slice(0, 200)}`));
        if (events.length < 10) return;
        resolve();
        out.destroy();
      });
      answer.on('end', () => reject(new Error(`the stream ended (${answer.statusCode})`)));
      answer.on('error', reject);
    });
    out.on('error', reject);
  });
}

/** Ten messages there and back; every other conversation ends without a close frame. */
function talk(url: string, cookie: string, me: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers: { cookie } });
    let count = 0;
    socket.on('open', () => socket.send('0'));
    socket.on('message', (text) => {
      if (String(text) !== `${me} ${count}`) reject(new Error(`got ${String(text)}`));
      count += 1;
      if (count < 10) socket.send(String(count));
      else if (process.hrtime()[1] % 2 === 0) socket.close();
      else socket.terminate();
    });
    socket.on('error', reject);
    socket.on('close', () => (count === 10 ? resolve() : reject(new Error('the WebSocket was closed'))));
  });
}
