import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { doors, exempt, importRules } from './import-rules.ts';

const root = resolve(import.meta.dirname, '../..');

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Import[] = [];
  const pattern =
    /(?:^|\n)\s*(import|export)\s+(type\s+)?([^'";]*?)from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g;
  for (const match of text.matchAll(pattern)) {
    const target = match[4] ?? match[5];
    if (!target) continue;
    const names = match[3] ?? '';
    const allTypes =
      /^\s*\{/.test(names) &&
      names.replace(/[{}\s]/g, '') !== '' &&
      names
        .replace(/[{}]/g, '')
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean)
        .every((part) => part.startsWith('type '));
    found.push({
      from: file,
      to: posix.normalize(posix.join(dirname(file), target)),
      typeOnly: Boolean(match[2]) || allTypes,
    });
  }
  return found;
}

function ruleFor(file: string): string | undefined {
  return Object.keys(importRules)
    .filter(
      (prefix) =>
        file === prefix ||
        file.startsWith(prefix.endsWith('.ts') ? prefix : `${prefix}/`) ||
        (prefix === 'emulator/sandbox' && /^emulator\/sandbox[^-]*\.ts$/.test(file)),
    )
    .sort((a, b) => b.length - a.length)[0];
}

const within = (file: string, folder: string) =>
  file === folder || file.startsWith(`${folder}/`) || file === `${folder}.ts`;

const all = ['emulator', 'sdk-mocks', 'cli', 'test/kit'].flatMap(sources).flatMap(importsOf);

test('every import obeys the rules of its folder', () => {
  const broken = all.filter(({ from, to, typeOnly }) => {
    const rule = ruleFor(from);
    if (rule === undefined) return true;
    if (within(to, rule)) return rule === 'sdk-mocks/families' && crossesFamilies(from, to);
    const allowed = importRules[rule] ?? [];
    return !allowed.some((entry) =>
      entry.startsWith('type:') ? typeOnly && within(to, entry.slice(5)) : within(to, entry),
    );
  });
  expect(broken.map(({ from, to }) => `${from} must not import ${to}`)).toEqual([]);
});

test('a folder is entered through its door', () => {
  const broken = all.filter(({ from, to }) => {
    if (exempt.some((folder) => within(from, folder))) return false;
    const folder = doorFolder(to);
    if (!folder || within(from, folder)) return false;
    const inside = to.slice(folder.length + 1);
    return !(doors[folder] ?? ['index.ts']).includes(inside);
  });
  expect(broken.map(({ from, to }) => `${from} reaches into ${to}`)).toEqual([]);
});

function crossesFamilies(from: string, to: string): boolean {
  const family = (file: string) => file.split('/')[2];
  return family(from) !== family(to) && family(from) !== 'families.gen.ts';
}

function doorFolder(file: string): string | undefined {
  const parts = file.split('/');
  if (parts[0] === 'emulator' && parts.length > 2) return `emulator/${parts[1]}`;
  if (parts[0] === 'sdk-mocks' && parts.length > 2)
    return parts[1] === 'families' ? undefined : `sdk-mocks/${parts[1]}`;
  return undefined;
}
