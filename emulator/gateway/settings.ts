import { z } from 'zod';
import { BrickboxError } from '../core/index.ts';

/** One named switch or limit: what it accepts, its value when unset, and what that means in a sentence. */
interface Setting<T> {
  schema: z.ZodType<T>;
  standard: T;
  meaning: string;
  /** Values that check less than the standard; shown as loosened. */
  loosens?: readonly unknown[];
}

const setting = <T>(definition: Setting<T>): Setting<T> => definition;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration: a number of seconds, or text such as `250ms`, `5m`, `24h`. Inside it is milliseconds. */
const duration = z
  .union([z.number().positive(), z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/)], {
    error: 'a number of seconds above 0, or text such as 250ms, 30s, 5m, 24h',
  })
  .transform((given) => {
    if (typeof given === 'number') return given * 1000;
    const unit = given.replace(/^[\d.]+/, '');
    return Number.parseFloat(given) * (units[unit] ?? 1000);
  });

const choice = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `one of ${values.join(', ')}` });

const flag = z.boolean({ error: 'true or false' });

/**
 * Every switch and limit of the gateway. Where sources disagree about the platform the standard follows what
 * was observed, and the stricter reading is a finding or a switch (assumed; see docs/decisions).
 */
const settings = {
  strict: setting<'observed' | 'docs'>({
    schema: choice('observed', 'docs'),
    standard: 'observed',
    meaning: 'observed: as measured, stricter documentation becomes a finding; docs: deny what the docs deny',
  }),
  forward_authorization: setting<'strip' | 'pass'>({
    schema: choice('strip', 'pass'),
    standard: 'strip',
    meaning: 'whether the app sees the caller’s Authorization header',
    loosens: ['pass'],
  }),
  bearer_paths: setting<'all' | 'api_only'>({
    schema: choice('all', 'api_only'),
    standard: 'all',
    meaning: 'where a bearer token is accepted: everywhere, or under /api/ only',
  }),
  strict_bearer_scopes: setting({
    schema: flag,
    standard: false,
    meaning: 'refuse a bearer token whose scopes do not cover user_api_scopes',
  }),
  expired_bearer: setting<'sign_in' | 'invalid_token'>({
    schema: choice('sign_in', 'invalid_token'),
    standard: 'sign_in',
    meaning: 'answer to an expired or broken bearer: 401 or 302 as without one, or 403 "Invalid Token"',
  }),
  unavailable_format: setting<'html' | 'json_under_api'>({
    schema: choice('html', 'json_under_api'),
    standard: 'html',
    meaning: 'form of the 503 of a stopped app: always the page, or JSON under /api/',
  }),
  token_per_exchange: setting({
    schema: flag,
    standard: false,
    meaning: 'mint a user token for each exchange instead of each session, for exact attribution in tests',
  }),
  session_ttl: setting({
    schema: duration,
    standard: 86_400_000,
    meaning: 'life of a session on the sandbox clock',
  }),
  first_byte_timeout: setting({
    schema: duration,
    standard: 120_000,
    meaning: 'time the app has until its first byte, then 504 (wall time)',
  }),
  stream_timeout: setting({
    schema: duration,
    standard: 300_000,
    meaning: 'time after which an answer is cut however busy it is (wall time)',
  }),
  websocket_idle_timeout: setting({
    schema: duration,
    standard: 300_000,
    meaning: 'silence after which a WebSocket is closed (wall time)',
  }),
  upstream: setting<'node' | 'http-proxy-middleware'>({
    schema: choice('node', 'http-proxy-middleware'),
    standard: 'node',
    meaning: 'implementation that carries requests to the app; both pass the same tests',
  }),
  max_body: setting<number | 'none'>({
    schema: z.union([z.int().positive(), z.literal('none')], { error: 'bytes above 0, or none' }),
    standard: 'none',
    meaning: 'largest request body in bytes, then 413',
  }),
};

type Settings = typeof settings;

/** Settings with all values filled in; durations in milliseconds. */
export type GatewaySettings = {
  readonly [Name in keyof Settings]: Settings[Name] extends Setting<infer T> ? T : never;
};

/** What the user writes under `gateway:` in brickbox.yaml. */
export type GivenSettings = Readonly<Record<string, string | number | boolean>>;

/** Name, standard value and meaning of every setting, for documentation and `--help`. */
export function describeSettings(): { name: string; standard: string; meaning: string }[] {
  return Object.entries(settings).map(([name, { standard, meaning }]) => ({
    name,
    standard: show(name, standard),
    meaning,
  }));
}

/**
 * Validates what the user wrote and fills in the rest.
 * @throws BrickboxError GATEWAY_SETTING_UNKNOWN or GATEWAY_SETTING_INVALID, naming the setting.
 */
export function readSettings(given: GivenSettings): GatewaySettings {
  for (const name of Object.keys(given)) if (!Object.hasOwn(settings, name)) throw unknown(name);
  const strict = read('strict', settings.strict, given);
  return readAll(strict, strict === 'docs' ? { ...asDocumented, ...given } : given);
}

/** What `strict: docs` turns on, unless the switch itself is given. */
const asDocumented: GivenSettings = { bearer_paths: 'api_only', strict_bearer_scopes: true };

function readAll(strict: GatewaySettings['strict'], given: GivenSettings): GatewaySettings {
  return {
    strict,
    forward_authorization: read('forward_authorization', settings.forward_authorization, given),
    bearer_paths: read('bearer_paths', settings.bearer_paths, given),
    strict_bearer_scopes: read('strict_bearer_scopes', settings.strict_bearer_scopes, given),
    expired_bearer: read('expired_bearer', settings.expired_bearer, given),
    unavailable_format: read('unavailable_format', settings.unavailable_format, given),
    token_per_exchange: read('token_per_exchange', settings.token_per_exchange, given),
    session_ttl: read('session_ttl', settings.session_ttl, given),
    first_byte_timeout: read('first_byte_timeout', settings.first_byte_timeout, given),
    stream_timeout: read('stream_timeout', settings.stream_timeout, given),
    websocket_idle_timeout: read('websocket_idle_timeout', settings.websocket_idle_timeout, given),
    upstream: read('upstream', settings.upstream, given),
    max_body: read('max_body', settings.max_body, given),
  };
}

export interface ChangedSetting {
  name: string;
  value: string;
  standard: string;
  meaning: string;
  /** True when the value checks less than the standard. */
  loosened: boolean;
}

/**
 * Settings whose value differs from the standard, for the banner and reports.
 * @throws BrickboxError as `readSettings` does.
 */
export function changedSettings(given: GivenSettings): ChangedSetting[] {
  const values: Readonly<Record<string, unknown>> = readSettings(given);
  return Object.entries(settings)
    .filter(([name, { standard }]) => values[name] !== standard)
    .map(([name, definition]) => ({
      name,
      value: show(name, values[name]),
      standard: show(name, definition.standard),
      meaning: definition.meaning,
      loosened: 'loosens' in definition && (definition.loosens ?? []).includes(values[name]),
    }));
}

function read<T>(name: string, definition: Setting<T>, given: GivenSettings): T {
  const value = given[name];
  if (value === undefined) return definition.standard;
  const result = definition.schema.safeParse(value);
  if (result.success) return result.data;
  const wanted = result.error.issues[0]?.message ?? 'another value';
  throw new BrickboxError(
    'GATEWAY_SETTING_INVALID',
    `The gateway setting ${name} cannot be ${quote(value)}.`,
    {
      fix: `Give ${name} ${wanted}.`,
      at: { file: 'brickbox.yaml', field: `gateway.${name}` },
    },
  );
}

function unknown(name: string): BrickboxError {
  return new BrickboxError('GATEWAY_SETTING_UNKNOWN', `The gateway has no setting named ${quote(name)}.`, {
    fix: `Use one of: ${Object.keys(settings).join(', ')}.`,
    at: { file: 'brickbox.yaml', field: `gateway.${name}` },
  });
}

const quote = (value: unknown) => JSON.stringify(value);

const show = (name: string, value: unknown) =>
  typeof value === 'number' && name !== 'max_body' ? `${value / 1000}s` : String(value);
