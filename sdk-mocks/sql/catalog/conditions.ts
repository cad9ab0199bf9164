import { SqlError } from '../../../emulator/core/index.ts';
import { type Token, tokenize } from '../parser/index.ts';
import type { Tag } from './contract.ts';

/** A condition of WHEN or MATCH COLUMNS. */
export type Condition =
  | { kind: 'tag'; key: string; value: string | null }
  | { kind: 'not'; of: Condition }
  | { kind: 'and' | 'or'; left: Condition; right: Condition }
  | { kind: 'constant'; value: boolean };

/**
 * Reads `has_tag('k')` and `has_tag_value('k', 'v')` (old spellings hasTag, hasTagValue) with AND, OR and NOT. Nothing
 * else is allowed (field: live answers).
 * @throws SqlError INVALID_PARAMETER_VALUE.UC_INVALID_POLICY_CONDITION.
 */
export function parseCondition(text: string): Condition {
  const tokens = tokenize(text);
  let at = 0;
  let depth = 0;
  const peek = (): Token | undefined => tokens[at];
  const word = (wanted: string): boolean => {
    const token = peek();
    if (token?.kind !== 'word' || token.text.toUpperCase() !== wanted) return false;
    at += 1;
    return true;
  };
  const symbol = (wanted: string): boolean => {
    if (peek()?.kind !== 'symbol' || peek()?.text !== wanted) return false;
    at += 1;
    return true;
  };
  const text1 = (): string => {
    const token = peek();
    if (token?.kind !== 'string') throw invalidCondition(text, 'Tag keys and values are string literals');
    at += 1;
    return token.value;
  };
  const or = (): Condition => {
    let left = and();
    while (word('OR')) left = { kind: 'or', left, right: and() };
    return left;
  };
  const and = (): Condition => {
    let left = not();
    while (word('AND')) left = { kind: 'and', left, right: not() };
    return left;
  };
  const not = (): Condition => {
    depth += 1;
    if (depth > 100) throw invalidCondition(text, 'It is nested too deep');
    const found: Condition = word('NOT') ? { kind: 'not', of: not() } : primary();
    depth -= 1;
    return found;
  };
  const primary = (): Condition => {
    if (word('TRUE')) return { kind: 'constant', value: true };
    if (word('FALSE')) return { kind: 'constant', value: false };
    if (symbol('(')) {
      const inside = or();
      if (!symbol(')')) throw invalidCondition(text, "A ')' is missing");
      return inside;
    }
    const withValue = word('HAS_TAG_VALUE') || word('HASTAGVALUE');
    if (!withValue && !word('HAS_TAG') && !word('HASTAG')) {
      throw invalidCondition(text, 'Arithmetic and comparison operators are not allowed');
    }
    if (!symbol('(')) throw invalidCondition(text, "A '(' is missing");
    const key = text1();
    if (withValue && !symbol(',')) throw invalidCondition(text, 'A tag value is missing');
    const value = withValue ? text1() : null;
    if (!symbol(')')) throw invalidCondition(text, "A ')' is missing");
    return { kind: 'tag', key, value };
  };
  const found = or();
  if (peek()?.kind !== 'end') {
    throw invalidCondition(text, 'Arithmetic and comparison operators are not allowed');
  }
  return found;
}

export function holds(condition: Condition, tags: readonly Tag[]): boolean {
  switch (condition.kind) {
    case 'constant':
      return condition.value;
    case 'not':
      return !holds(condition.of, tags);
    case 'and':
      return holds(condition.left, tags) && holds(condition.right, tags);
    case 'or':
      return holds(condition.left, tags) || holds(condition.right, tags);
    case 'tag':
      return tags.some(
        ({ key, value }) => key === condition.key && (condition.value === null || value === condition.value),
      );
  }
}

/** Every tag the condition names. */
export function tagsNamed(condition: Condition): { key: string; value: string | null }[] {
  switch (condition.kind) {
    case 'constant':
      return [];
    case 'not':
      return tagsNamed(condition.of);
    case 'tag':
      return [{ key: condition.key, value: condition.value }];
    default:
      return [...tagsNamed(condition.left), ...tagsNamed(condition.right)];
  }
}

export function invalidCondition(text: string, why: string): SqlError {
  return new SqlError(
    'INVALID_PARAMETER_VALUE.UC_INVALID_POLICY_CONDITION',
    '22023',
    `Invalid policy condition '${text}'. ${why}.`,
  );
}
