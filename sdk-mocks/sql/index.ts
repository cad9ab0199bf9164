export type {
  CellValue,
  Column,
  SparkType,
  SqlParameter,
  SqlSession,
  StatementRequest,
  StatementResult,
  Warehouse,
} from './contract.ts';
