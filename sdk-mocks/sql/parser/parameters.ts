import type { Statement } from './contract.ts';
import type { Cursor } from './cursor.ts';

type Of<Kind> = Extract<Statement, { kind: Kind }>;

/** SET of a parameter or of the time zone, and RESET (docs: sql-ref-syntax-aux-conf-mgmt). */
export function parameterStatement(
  cursor: Cursor,
  position: number,
): Of<'set_parameter'> | Of<'reset_parameter'> | undefined {
  if (cursor.accept('RESET')) {
    const text = cursor.restText();
    return { kind: 'reset_parameter', position, name: text === '' ? null : text };
  }
  if (!cursor.accept('SET')) return undefined;
  if (cursor.accept('TIME', 'ZONE')) {
    const value = cursor.restText();
    if (value === '') throw cursor.unexpected();
    return { kind: 'set_parameter', position, name: 'timezone', value };
  }
  const text = cursor.restText();
  const equals = text.indexOf('=');
  if (equals < 0) return { kind: 'set_parameter', position, name: text, value: null };
  return {
    kind: 'set_parameter',
    position,
    name: text.slice(0, equals).trim(),
    value: text.slice(equals + 1).trim(),
  };
}
