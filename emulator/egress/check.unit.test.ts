import { expect, test } from 'vitest';
import { checkDeclarations } from './check.ts';

const attempt = (host: string, rule = 'on the list') => ({
  host,
  port: 443,
  protocol: 'tcp',
  app: 'shop',
  verdict: 'allowed',
  rule,
  count: 1,
});
const attempts = [
  attempt('api.example.com'),
  attempt('eu.cdn.example.com'),
  attempt('workspace.example.com', 'address of this sandbox'),
  attempt('127.0.0.1'),
  attempt('192.0.2.7'),
];

test('finds what is used and not declared, and the other way round; own addresses do not count', () => {
  expect(checkDeclarations({ attempts }, ['API.example.com', 'other.example.com'])).toEqual({
    ok: false,
    used: ['api.example.com', 'eu.cdn.example.com'],
    usedUndeclared: ['eu.cdn.example.com'],
    declaredUnused: ['other.example.com'],
    warnings: [],
  });
});

test('a wildcard covers deeper names, with a warning', () => {
  const checked = checkDeclarations({ attempts }, ['api.example.com', '*.cdn.example.com']);
  expect(checked.ok).toBe(true);
  expect(checked.warnings).toEqual(['*.cdn.example.com: the platform refuses wildcards. List each host.']);
});
