import { SqlError } from '../../emulator/core/index.ts';
import type { Caller } from '../../emulator/policy/index.ts';
import type { SqlSession } from './contract.ts';
import { notSupported } from './dialect/index.ts';
import { stateOf } from './session.ts';

/**
 * Parameters of a SQL warehouse with their defaults (docs: sql-ref-parameters). Of those only `timezone` and
 * `statement_timeout` (seconds) do something here; the values the others must have are the ones Brickbox works by.
 */
const known: Readonly<Record<string, { usual: string; check?: (value: string) => void }>> = {
  ansi_mode: { usual: 'true', check: only('true', 'ANSI_MODE = false') },
  enable_photon: { usual: 'true', check: oneOf('true', 'false') },
  legacy_time_parser_policy: {
    usual: 'EXCEPTION',
    check: (value) => {
      if (value.toUpperCase() === 'LEGACY') throw notSupported('LEGACY_TIME_PARSER_POLICY = LEGACY');
      oneOf('exception', 'corrected')(value);
    },
  },
  max_file_partition_bytes: { usual: '128m' },
  read_only_external_metastore: { usual: 'false', check: oneOf('true', 'false') },
  statement_timeout: { usual: '172800', check: seconds },
  timezone: { usual: 'UTC' },
  use_cached_result: { usual: 'true', check: oneOf('true', 'false') },
};

/** Other names of the same parameters, as code written for clusters uses them. */
const aliases: Readonly<Record<string, string>> = {
  'spark.sql.ansi.enabled': 'ansi_mode',
  'spark.sql.session.timezone': 'timezone',
  'spark.sql.legacy.timeparserpolicy': 'legacy_time_parser_policy',
};

/** Name and value of what a SET shows, and the session after it. */
interface Changed {
  session: SqlSession;
  rows: [string, string][];
}

/** SET: shows all parameters (`name` empty), shows one (`value` null), or changes one. @throws SqlError */
export function setParameter(
  statement: { name: string; value: string | null },
  session: SqlSession,
  caller: Caller,
): Changed {
  const { name, value } = statement;
  const now = parametersOf(session, caller);
  if (name === '' && value === null) return { session, rows: Object.entries(now) };
  const key = keyOf(name);
  if (value === null) return { session, rows: [[name, now[key] ?? '']] };
  const given = unquoted(value);
  const state = stateOf(session, caller);
  const base = state.baseTimeZone ?? session.timeZone;
  if (key === 'timezone') {
    const timeZone = given.toUpperCase() === 'LOCAL' ? base : zoneOf(given);
    return {
      session: { ...session, timeZone, state: { ...state, baseTimeZone: base } },
      rows: [[name, timeZone]],
    };
  }
  known[key]?.check?.(given);
  const parameters = { ...state.parameters, [key]: given };
  return { session: { ...session, state: { ...state, parameters } }, rows: [[name, given]] };
}

/** RESET of one parameter, or of all. @throws SqlError */
export function resetParameter(name: string | null, session: SqlSession, caller: Caller): SqlSession {
  const state = stateOf(session, caller);
  const key = name === null ? null : keyOf(name);
  const parameters = Object.fromEntries(
    Object.entries(state.parameters ?? {}).filter(([one]) => key !== null && one !== key),
  );
  const timeZone = key === null || key === 'timezone' ? state.baseTimeZone : undefined;
  return { ...session, ...(timeZone && { timeZone }), state: { ...state, parameters } };
}

/** Milliseconds the session allows a statement, when it says so. 0 means no limit of the session. */
export function sessionTimeout(session: SqlSession, caller: Caller): number | undefined {
  const given = Number(stateOf(session, caller).parameters?.['statement_timeout'] ?? 0);
  return given > 0 ? given * 1000 : undefined;
}

function parametersOf(session: SqlSession, caller: Caller): Record<string, string> {
  const usual = Object.fromEntries(Object.entries(known).map(([name, one]) => [name, one.usual]));
  return { ...usual, ...stateOf(session, caller).parameters, timezone: session.timeZone };
}

/** @throws SqlError CONFIG_NOT_AVAILABLE for what a warehouse has no parameter for */
function keyOf(name: string): string {
  const lower = unquoted(name).toLowerCase();
  const key = aliases[lower] ?? lower;
  if (Object.hasOwn(known, key)) return key;
  throw new SqlError('CONFIG_NOT_AVAILABLE', '42K0I', `Configuration ${lower} is not available.`);
}

function unquoted(text: string): string {
  return /^(['"`]).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

/** The zone as the engine knows it. Offsets are whole hours only: the engine has names for those. */
function zoneOf(text: string): string {
  const offset = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?00)?$/i.exec(text);
  if (offset) {
    const hours = Number(offset[2]);
    if (hours === 0) return 'UTC';
    if (hours <= 12) return `Etc/GMT${offset[1] === '+' ? '-' : '+'}${hours}`;
  }
  if (/^interval\b/i.test(text)) throw notSupported('SET TIME ZONE INTERVAL');
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new SqlError(
      'INVALID_CONF_VALUE.TIME_ZONE',
      '22022',
      `The value '${text}' in the config "timezone" is invalid. Cannot resolve the given timezone.`,
    );
  }
}

function oneOf(...values: string[]) {
  return (value: string) => {
    if (!values.includes(value.toLowerCase())) throw invalid(value, `one of ${values.join(', ')}`);
  };
}

function only(value: string, refused: string) {
  return (given: string) => {
    oneOf('true', 'false')(given);
    if (given.toLowerCase() !== value) throw notSupported(refused);
  };
}

function seconds(value: string): void {
  if (!/^\d+$/.test(value) || Number(value) > 172_800) throw invalid(value, 'seconds from 0 to 172800');
}

function invalid(value: string, wanted: string): SqlError {
  return new SqlError(
    'INVALID_CONF_VALUE',
    '22022',
    `The value '${value}' is invalid: it must be ${wanted}.`,
  );
}
