import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EgressReport } from '../../../emulator/egress/index.ts';
import { strict } from '../world.ts';
import { type Cell, type MatrixRow, matrix, matrixPage, testName } from './matrix.ts';
import {
  addressOf,
  type Language,
  type MatrixMode,
  openMatrixWorld,
  type Row,
  runClients,
  toolchains,
  zones,
} from './run.ts';

const present = (language: Language) => toolchains[language] !== undefined;
const languages = [...new Set(matrix.map(({ language }) => language))].filter(present);

test('docs/coverage/egress.md shows the table that is tested here (vitest -u writes it)', async () => {
  await expect(matrixPage()).toMatchFileSnapshot('../../../docs/coverage/egress.md');
});

for (const mode of ['strict', 'cooperative'] as const) {
  describe.runIf(languages.length > 0 && (mode === 'cooperative' || strict.available))(mode, () => {
    const denied: Row[] = [];
    const allowed: Row[] = [];
    let attempts: EgressReport['attempts'] = [];
    beforeAll(async () => {
      await using sandbox = await openMatrixWorld(mode);
      expect(sandbox.egressMode).toBe(mode);
      for (const seen of await Promise.all(languages.map((one) => runClients(sandbox, mode, one)))) {
        denied.push(...seen.denied);
        allowed.push(...seen.allowed);
      }
      ({ attempts } = sandbox.egressReport());
    });
    afterAll(() => {
      // A client that is in a program but not in the table would be run without being held to anything.
      const known = matrix.map(({ client }) => client);
      expect(
        [...denied, ...allowed].map(({ client }) => client).filter((one) => !known.includes(one)),
      ).toEqual([]);
    });

    for (const row of matrix) {
      test.runIf(present(row.language))(testName(mode, row), () => {
        const cell = row[mode];
        const refused = denied.find(({ client }) => client === row.client);
        expect(refused?.answer).toBeUndefined();
        expect(refused?.error).toMatch(cell.error);
        expect(recordOf(row, mode, attempts)).toBe(cell.denied);
        const reached = allowed.find(({ client }) => client === row.client);
        expect(reachOf(row, reached, attempts)).toBe(cell.allowed);
      });
    }
  });
}

/** How the denied attempt of a client is in the report. */
function recordOf(row: MatrixRow, mode: MatrixMode, attempts: EgressReport['attempts']): Cell['denied'] {
  const refused = attempts.filter(({ verdict }) => verdict === 'denied');
  const name = `${row.client}.${zones.denied}`;
  if (refused.some(({ host }) => host === name)) return 'name';
  if (refused.some(({ rule }) => rule.endsWith(`the client asked for ${name}`))) return 'sni';
  const ports: Record<string, number> = { 'address-sni': 443, 'own-resolver': 53 };
  const port = Object.entries(ports).find(([end]) => row.client.endsWith(end))?.[1] ?? 80;
  const addresses = [addressOf(row.language, mode), '255.255.255.255'];
  const own = refused.some(({ host, port: to }) => addresses.includes(host) && to === port);
  return own && /address|resolver/.test(row.client) ? 'address' : 'unseen';
}

function reachOf(row: MatrixRow, seen: Row | undefined, attempts: EgressReport['attempts']): Cell['allowed'] {
  if (seen?.answer !== undefined) return 'answered';
  if (seen === undefined) return row.strict.allowed === undefined ? undefined : 'not run';
  const name = `${row.client}.${zones.allowed}`;
  return attempts.some(({ host, verdict }) => host === name && verdict === 'allowed')
    ? 'carried'
    : 'unreached';
}
