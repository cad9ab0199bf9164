import {
  adjusted,
  asDecimal,
  isDatetime,
  isIntegral,
  isNumeric,
  numericRank,
  sameType,
  type Type,
  t,
} from './types.ts';

/** Common type of two for CASE, UNION, IN, comparisons (code: Spark AnsiTypeCoercion.findWiderTypeForTwo). Undefined when there is none. */
export function wider(a: Type, b: Type): Type | undefined {
  if (sameType(a, b)) return a;
  if (a.kind === 'void') return b;
  if (b.kind === 'void') return a;
  if (isNumeric(a) && isNumeric(b)) return widerNumber(a, b);
  if (a.kind === 'string' || b.kind === 'string') return widerString(a.kind === 'string' ? b : a);
  if (isDatetime(a) && isDatetime(b))
    return a.kind === 'timestamp' || b.kind === 'timestamp' ? t.timestamp : t.timestamp_ntz;
  return widerNested(a, b);
}

function widerNumber(a: Type, b: Type): Type {
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    if (['float', 'double'].includes(a.kind) || ['float', 'double'].includes(b.kind)) return t.double;
    const x = asDecimal(a);
    const y = asDecimal(b);
    const scale = Math.max(x.scale, y.scale);
    const whole = Math.max(x.precision - x.scale, y.precision - y.scale);
    return whole + scale > 38 ? adjusted(whole + scale, scale) : t.decimal(whole + scale, scale);
  }
  if (a.kind === 'float' || b.kind === 'float') {
    const other = a.kind === 'float' ? b : a;
    if (isIntegral(other)) return t.double;
  }
  return numericRank(a) >= numericRank(b) ? a : b;
}

/** A string gives way: to BIGINT for integers, DOUBLE for other numbers, else the other type itself. */
function widerString(other: Type): Type | undefined {
  if (isIntegral(other)) return t.bigint;
  if (isNumeric(other)) return t.double;
  if (isDatetime(other) || other.kind === 'boolean' || other.kind === 'binary') return other;
  return undefined;
}

function widerNested(a: Type, b: Type): Type | undefined {
  if (a.kind === 'array' && b.kind === 'array') {
    const element = wider(a.element, b.element);
    return element && t.array(element);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = wider(a.key, b.key);
    const value = wider(a.value, b.value);
    return key && value && t.map(key, value);
  }
  if (a.kind === 'struct' && b.kind === 'struct' && a.fields.length === b.fields.length) {
    const fields: { name: string; type: Type }[] = [];
    for (const [i, field] of a.fields.entries()) {
      const other = b.fields[i];
      const type = other && wider(field.type, other.type);
      if (!type || other.name.toLowerCase() !== field.name.toLowerCase()) return undefined;
      fields.push({ name: field.name, type });
    }
    return { kind: 'struct', fields };
  }
  if (a.kind === 'interval' && b.kind === 'interval' && a.family === b.family) {
    return a.family === 'day' ? t.dayInterval : t.monthInterval;
  }
  return undefined;
}

export function widest(types: readonly Type[]): Type | undefined {
  // Strings last: ARRAY('1', 2, 3.0) widens numbers first (code: Spark, findWiderCommonType partitions strings).
  const ordered = [...types].sort((a, b) => Number(a.kind === 'string') - Number(b.kind === 'string'));
  let common: Type = t.void;
  for (const type of ordered) {
    const next = wider(common, type);
    if (!next) return undefined;
    common = next;
  }
  return common;
}

/** May a value go where `to` is expected without a CAST (code: Spark AnsiTypeCoercion.implicitCast)? */
export function implicitlyCastable(from: Type, to: Type): boolean {
  if (sameType(from, to) || from.kind === 'void') return true;
  if (to.kind === 'string')
    return !['array', 'map', 'struct', 'variant', 'binary'].includes(from.kind) || from.kind === 'binary';
  if (from.kind === 'string')
    return isNumeric(to) || isDatetime(to) || to.kind === 'boolean' || to.kind === 'binary';
  if (isNumeric(from) && isNumeric(to)) {
    if (to.kind === 'decimal') return from.kind === 'decimal' || isIntegral(from);
    return numericRank(from) <= numericRank(to);
  }
  if (isDatetime(from) && isDatetime(to)) return true;
  if (from.kind === 'array' && to.kind === 'array') return implicitlyCastable(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map')
    return implicitlyCastable(from.key, to.key) && implicitlyCastable(from.value, to.value);
  if (from.kind === 'interval' && to.kind === 'interval') return from.family === to.family;
  return wider(from, to) !== undefined && sameType(wider(from, to) ?? from, to);
}

/** As `widest`, but text does not give way to other types (code: Spark findWiderTypeWithoutStringPromotion). */
export function widestPlain(types: readonly Type[]): Type | undefined {
  const texts = types.filter((type) => type.kind === 'string').length;
  const nulls = types.filter((type) => type.kind === 'void').length;
  return texts > 0 && texts + nulls < types.length ? undefined : widest(types);
}
