export { type AppAdvice, advise } from './advisor.ts';
export type {
  AppEntry,
  CallEntry,
  DecisionEntry,
  EgressEntry,
  EntryKind,
  ExchangeEntry,
  FindingEntry,
  JournalCaller,
  JournalEntry,
  NewEntry,
  Severity,
  StatementEntry,
  TokenEntry,
} from './entries.ts';
export { severities } from './entries.ts';
export { createJournal, type Journal, type JournalBounds, type JournalQuery } from './journal.ts';
export { detectLeaks, type LeakPorts, type OpenExchange } from './leak-detector.ts';
export { type ClientInfo, parseUserAgent } from './user-agent.ts';
