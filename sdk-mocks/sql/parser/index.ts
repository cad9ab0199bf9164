export { type ColumnType, columnType } from './column-type.ts';

export type {
  Assignment,
  Constants,
  MaskClause,
  MergeClause,
  NameParts,
  ParseStatement,
  PolicyWord,
  SecurableWord,
  Statement,
} from './contract.ts';

export { placeOf, syntaxError, unsupported } from './errors.ts';
export { parseStatement } from './parse.ts';
export { type StatementSlice, splitStatements } from './split.ts';
export { type Token, type TokenKind, tokenize } from './tokens.ts';
export { parseType } from './types.ts';
