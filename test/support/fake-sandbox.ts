import { BrickboxError, createClock, SqlError } from '../../emulator/core/index.ts';
import { createFaults } from '../../emulator/faults/index.ts';
import { createJournal, type FindingEntry } from '../../emulator/journal/index.ts';
import type { LogLine } from '../../emulator/runtime/index.ts';
import type { Actor, Sandbox, SandboxApp } from '../../emulator/sandbox-contract.ts';

/** What a test sees of the calls that reached the fake. */
export interface FakeSandbox extends Sandbox {
  readonly calls: string[];
  print(message: string): void;
}

/** A sandbox without insides: real clock and journal, canned answers, a list of what was asked of it. */
export function fakeSandbox(): FakeSandbox {
  const calls: string[] = [];
  const clock = createClock();
  const journal = createJournal(clock, () => 1);
  const lines: LogLine[] = [{ at: 1, source: 'APP', message: 'listening' }];
  const listeners = new Set<(line: LogLine) => void>();
  const snapshots = new Set<string>();
  let state = 'running';

  const orders: SandboxApp = {
    name: 'orders',
    url: 'http://127.0.0.1:4712',
    get state() {
      return state;
    },
    servicePrincipal: { applicationId: '0b1c6f0e-0000-4000-8000-000000000001', displayName: 'app orders' },
    scopes: ['sql'],
    env: {},
    notes: [],
    logs: (limit = 100) => lines.slice(-limit),
    followLogs: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: async () => {
      calls.push('start');
      state = 'running';
    },
    stop: async () => {
      calls.push('stop');
      state = 'stopped';
    },
    restart: async () => {
      calls.push('restart');
    },
  };

  const actor = (name: string): Actor => ({
    fetch: async (path, init) =>
      new Response(`${init?.method ?? 'GET'} ${path} as ${name}`, { status: path === '/denied' ? 403 : 200 }),
    cookie: async () => `session=${name}`,
    signIn: async () => ({ cookie: `session=${name}`, hops: [] }),
    token: async (options) => `token-of-${name}-${(options?.scopes ?? ['all-apis']).join('+')}`,
    sql: async (text) => {
      calls.push(`sql ${name}: ${text}`);
      if (/forbidden/.test(text)) {
        throw new SqlError('INSUFFICIENT_PERMISSIONS', '42501', 'User does not have SELECT on main.hr.pay.', {
          who: name,
          rule: 'No grant of SELECT on main.hr.pay.',
          fix: 'GRANT SELECT ON TABLE main.hr.pay TO someone.',
        });
      }
      return {
        statementId: 'statement-1',
        columns: [
          { name: 'id', type: 'BIGINT', nullable: false },
          { name: 'day', type: 'DATE', nullable: true },
          { name: 'seen', type: 'TIMESTAMP', nullable: true },
        ],
        rows: [
          [1n, 20_000, 1_700_000_000_123_456n],
          [9_007_199_254_740_993n, null, null],
        ],
        objects: [
          { id: 1n, day: '2024-10-04', seen: null },
          { id: 9_007_199_254_740_993n, day: null, seen: null },
        ],
        truncated: false,
        session: { catalog: 'main', schema: 'default', timeZone: 'UTC' },
      };
    },
  });

  const sandbox: FakeSandbox = {
    id: 'fake01',
    workspaceUrl: 'http://127.0.0.1:4711',
    workspaceHost: 'http://127.0.0.1:4711',
    workspaceId: '1234567890123456',
    warehouseId: 'abcdef0123456789',
    apps: [orders],
    clock,
    journal,
    loosened: [],
    egressMode: 'cooperative',
    egressReason: '',
    caEnv: {},
    faults: createFaults(),
    personas: () => [
      { alias: 'admin', userName: 'admin@acme.test', displayName: 'Admin', groups: ['admins'] },
      { alias: 'ana', userName: 'ana@acme.test', displayName: 'Ana Silva', groups: ['emea'], sees: 'EMEA' },
    ],
    as: actor,
    asApp: (app) => actor(`app ${app}`),
    anonymous: () => ({ fetch: actor('nobody').fetch }),
    createPat: (name) => `pat-of-${name}`,
    inside: async () => {
      throw new BrickboxError('INSIDE_NEEDS_STRICT', 'There is no inside in cooperative egress.', {
        fix: 'Leave --inside out.',
      });
    },
    egressReport: () => ({
      mode: 'cooperative',
      policy: {},
      attempts: [],
      declared: [],
      declaredUnused: ['api.example.com'],
      usedUndeclared: [],
    }),
    findings: () =>
      journal
        .entries({ kinds: ['finding'] })
        .filter((entry): entry is FindingEntry => entry.kind === 'finding'),
    reset: async () => {
      calls.push('reset');
    },
    snapshot: (name) => {
      snapshots.add(name);
    },
    restore: async (name) => {
      calls.push(`restore ${name}`);
    },
    snapshots: () => [...snapshots],
    close: async () => {
      calls.push('close');
    },
    [Symbol.asyncDispose]: async () => {
      calls.push('close');
    },
    calls,
    print: (message) => {
      const line: LogLine = { at: 2, source: 'APP', message };
      lines.push(line);
      for (const listener of listeners) listener(line);
    },
  };
  return sandbox;
}
