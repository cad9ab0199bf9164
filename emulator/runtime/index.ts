export type { AppProcess, LogLine, RuntimeOptions } from './contract.ts';
