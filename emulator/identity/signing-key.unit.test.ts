import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { defaultKeyFolder, loadSigningKey } from './index.ts';

let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the key is made once, for its owner only, and stays', () => {
  folder = mkdtempSync(join(tmpdir(), 'brickbox-key-'));
  const place = join(folder, 'state', 'brickbox');
  const first = loadSigningKey(place);
  expect(first.kid).toMatch(/^[0-9a-f]{64}$/);
  expect(loadSigningKey(place).kid).toBe(first.kid);
  expect(statSync(place).mode & 0o777).toBe(0o700);
  expect(readdirSync(place)).toEqual(['signing-key.pem']);
  expect(statSync(join(place, 'signing-key.pem')).mode & 0o777).toBe(0o600);
  expect(first.jwk).not.toHaveProperty('d');
});

test('a key that others may read, or that is none, is refused with the fix', () => {
  folder = mkdtempSync(join(tmpdir(), 'brickbox-key-'));
  loadSigningKey(folder);
  const file = join(folder, 'signing-key.pem');
  chmodSync(file, 0o644);
  expect(() => loadSigningKey(folder)).toThrow(expect.objectContaining({ code: 'SIGNING_KEY_OPEN' }));
  chmodSync(file, 0o600);
  writeFileSync(file, 'nonsense');
  expect(() => loadSigningKey(folder)).toThrow(expect.objectContaining({ code: 'SIGNING_KEY_UNREADABLE' }));
});

test('the folder follows XDG_STATE_HOME', () => {
  folder = '';
  expect(defaultKeyFolder({ XDG_STATE_HOME: '/var/state' })).toBe('/var/state/brickbox');
  expect(defaultKeyFolder({})).toMatch(/\.local.state.brickbox$/);
});
