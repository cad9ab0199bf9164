import type { Bound } from '../bind/bound.ts';
import { notSupported } from '../errors.ts';
import { quote, t } from '../types/index.ts';
import { arg, arity, made, rule } from './arguments.ts';
import type { FunctionCall, FunctionRule } from './define.ts';

function group(call: FunctionCall): Bound {
  arity(call, 1);
  const name = arg(call, 0).literal?.value;
  if (typeof name !== 'string')
    throw notSupported(`"${call.name}" with a group name that is not a string literal`);
  const member =
    call.name === 'is_member'
      ? call.session.isWorkspaceGroupMember(name)
      : call.session.isAccountGroupMember(name);
  return { ...made(call, String(member), t.boolean), simple: true };
}

function sessionText(call: FunctionCall): Bound {
  arity(call, 0);
  const { user, catalog, schema, timeZone, metastore } = call.session;
  const values: Record<string, string> = {
    current_catalog: catalog,
    current_schema: schema,
    current_database: schema,
    current_timezone: timeZone,
    current_metastore: metastore,
  };
  const value = values[call.name] ?? user;
  return { ...made(call, quote(value), t.string), literal: { value }, simple: true };
}

function now(call: FunctionCall): Bound {
  arity(call, 0);
  const sql = call.session.now();
  if (call.name === 'current_date' || call.name === 'curdate')
    return made(call, `CAST(CAST(${sql} AS TIMESTAMP) AS DATE)`, t.date);
  if (call.name === 'localtimestamp') return made(call, `CAST(${sql} AS TIMESTAMP)`, t.timestamp_ntz);
  return made(call, sql, t.timestamp);
}

function random(call: FunctionCall): Bound {
  call.session.volatile();
  if (call.args.length > 0) throw notSupported(`"${call.name}" with a seed`);
  return made(
    call,
    call.name === 'uuid' ? 'CAST(gen_random_uuid() AS VARCHAR)' : 'random()',
    call.name === 'uuid' ? t.string : t.double,
  );
}

export const sessionRules: FunctionRule[] = [
  rule('is_account_group_member', group),
  rule('is_member', group),
  ...[
    'current_user',
    'session_user',
    'user',
    'current_catalog',
    'current_schema',
    'current_database',
    'current_timezone',
    'current_metastore',
  ].map((name) => rule(name, sessionText)),
  ...['current_timestamp', 'now', 'current_date', 'curdate', 'localtimestamp'].map((name) => rule(name, now)),
  ...['rand', 'random', 'uuid'].map((name) => rule(name, random)),
];
