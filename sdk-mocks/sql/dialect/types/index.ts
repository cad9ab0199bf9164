export { implicitlyCastable, wider, widest, widestPlain } from './coerce.ts';
export { duckType, quote } from './duck.ts';
export { parseType, typeText } from './text.ts';
export {
  adjusted,
  asDecimal,
  isDatetime,
  isFloating,
  isIntegral,
  isNested,
  isNumeric,
  sameType,
  type Type,
  t,
} from './types.ts';
