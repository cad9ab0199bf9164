import { expect, test } from 'vitest';
import { BrickboxError } from '../core/index.ts';
import { changedSettings, describeSettings, readSettings } from './settings.ts';

test('standards are those of the table of contested points', () => {
  expect(readSettings({})).toEqual({
    strict: 'observed',
    forward_authorization: 'strip',
    bearer_paths: 'all',
    strict_bearer_scopes: false,
    expired_bearer: 'sign_in',
    unavailable_format: 'html',
    token_per_exchange: false,
    session_ttl: 86_400_000,
    first_byte_timeout: 120_000,
    stream_timeout: 300_000,
    websocket_idle_timeout: 300_000,
    upstream: 'node',
    max_body: 'none',
  });
  expect(changedSettings({})).toEqual([]);
  expect(describeSettings().map(({ name }) => name)).toEqual(Object.keys(readSettings({})));
});

test('durations are seconds or text', () => {
  expect(
    readSettings({ session_ttl: '24h', first_byte_timeout: 0.5, stream_timeout: '250ms' }),
  ).toMatchObject({
    session_ttl: 86_400_000,
    first_byte_timeout: 500,
    stream_timeout: 250,
  });
});

test('what changed is listed for the banner, and what checks less is marked', () => {
  expect(
    changedSettings({ forward_authorization: 'pass', session_ttl: '24h', first_byte_timeout: 5 }),
  ).toMatchObject([
    { name: 'forward_authorization', value: 'pass', standard: 'strip', loosened: true },
    { name: 'first_byte_timeout', value: '5s', standard: '120s', loosened: false },
  ]);
});

test('strict: docs turns the documented checks on, and each can still be set', () => {
  expect(readSettings({ strict: 'docs' })).toMatchObject({
    bearer_paths: 'api_only',
    strict_bearer_scopes: true,
  });
  expect(readSettings({ strict: 'docs', bearer_paths: 'all' }).bearer_paths).toBe('all');
});

test.each([
  [{ sessionTtl: 5 }, 'GATEWAY_SETTING_UNKNOWN'],
  [{ session_ttl: -1 }, 'GATEWAY_SETTING_INVALID'],
  [{ session_ttl: 'soon' }, 'GATEWAY_SETTING_INVALID'],
  [{ strict: 'yes' }, 'GATEWAY_SETTING_INVALID'],
  [{ max_body: 0 }, 'GATEWAY_SETTING_INVALID'],
])('%j is refused with its name and a fix', (given, code) => {
  const refused = () => readSettings(given);
  expect(refused).toThrow(BrickboxError);
  expect(refused).toThrow(expect.objectContaining({ code, fix: expect.any(String) }));
});
