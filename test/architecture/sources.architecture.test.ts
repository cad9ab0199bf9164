import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** A pattern that services must not use, and the files that may, each with its reason. */
interface Rule {
  pattern: RegExp;
  instead: string;
  allowed: Readonly<Record<string, string>>;
}

const rules: Readonly<Record<string, Rule>> = {
  'the time of day': {
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)/,
    instead: 'Clock',
    allowed: { 'emulator/core/clock.ts': 'the clock itself' },
  },
  chance: {
    pattern: /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/,
    instead: 'Ids or Secrets',
    allowed: {
      'emulator/core/ids.ts': 'ids and secrets themselves',
      'emulator/identity/signing-key.ts': 'names a temporary file',
    },
  },
  'a listener open to the network or to a name': {
    pattern: /(?:host|hostname|listen|bind)\b[^;\n]*?['"`](?:localhost|0\.0\.0\.0|::)['"`]/,
    instead: 'listenOnLoopback, or 127.0.0.1',
    allowed: {
      'emulator/egress/strict/ns-serve.ts': "inside the app's own network namespace, which has no way out",
      'emulator/runtime/environment.ts': 'a type: what the app is told to listen on',
      'emulator/runtime/prepare.ts': 'tells an app in a network namespace of its own where to listen',
    },
  },
  'a port without an address': {
    pattern: /\.listen\((?:\d+|\w*[pP]ort|\{ *port *\})(?:\)|, *(?:\(|resolve))/,
    instead: 'listenOnLoopback, or 127.0.0.1',
    allowed: {},
  },
};

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !/node_modules|\/testing\/|\/test-rig\.ts$/.test(file));
}

/** Text files of a folder, tests included: a marker inside a template string compiles. */
function tracked(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:[cm]?[jt]s|json|md|py|sql|ya?ml|html|css)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('node_modules'));
}

/** The text without comments, so that a sentence about a pattern is no use of it. */
const code = (file: string) =>
  readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, '$1');

const files = ['emulator', 'sdk-mocks'].flatMap(sources).map((file) => ({ file, text: code(file) }));

test.each(Object.entries(rules))('services do not use %s', (_name, { pattern, instead, allowed }) => {
  const users = files.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
  expect(users.filter((file) => !(file in allowed)).map((file) => `${file}: use ${instead}`)).toEqual([]);
  // What no longer needs its permission loses it.
  expect(Object.keys(allowed).filter((file) => !users.includes(file))).toEqual([]);
});

test('no merge is left half done', () => {
  const folders = ['emulator', 'sdk-mocks', 'cli', 'test', 'docs', 'fixtures'];
  const marked = folders
    .flatMap(tracked)
    .filter((file) => /^(?:<{7}|>{7}) /m.test(readFileSync(file, 'utf8')));
  expect(marked).toEqual([]);
});

test('the rules see what they are about', () => {
  const matches = (name: string, text: string) => rules[name]?.pattern.test(text);
  expect(matches('the time of day', 'const now = Date.now();')).toBe(true);
  expect(matches('the time of day', 'const now = new Date(clock.now());')).toBe(false);
  expect(matches('chance', 'Math.random()')).toBe(true);
  expect(matches('a listener open to the network or to a name', "server.listen(port, 'localhost')")).toBe(
    true,
  );
  expect(matches('a listener open to the network or to a name', "server.listen(0, '127.0.0.1', done)")).toBe(
    false,
  );
  expect(matches('a port without an address', 'server.listen(0, resolve)')).toBe(true);
  expect(matches('a port without an address', 'server.listen(port)')).toBe(true);
  expect(matches('a port without an address', 'server.listen({ port })')).toBe(true);
});
