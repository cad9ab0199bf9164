import type { Journal, JournalEntry } from '../../emulator/index.ts';

/** Where a response keeps the way to its reasons. */
const slot = Symbol.for('brickbox.reasons');

/** Attaches to a response what the journal says was refused while it was made. */
export function rememberReasons(response: Response, journal: Journal, before: number): Response {
  const upTo = journal.last;
  const reasons = () =>
    journal
      .entries({ after: before })
      .filter(({ seq }) => seq <= upTo)
      .flatMap(refusal);
  Object.defineProperty(response, slot, { value: reasons });
  return response;
}

/** Reasons that came with a response, as the journal gave them; none for a response of elsewhere. */
export function reasonsOf(response: Response): string[] {
  const reasons: unknown = Reflect.get(response, slot);
  if (typeof reasons !== 'function') return [];
  const found: unknown = reasons();
  return Array.isArray(found) ? found.map(String) : [];
}

function refusal(entry: JournalEntry): string[] {
  const explained =
    'explanation' in entry && entry.explanation ? [`${entry.explanation.rule} ${entry.explanation.fix}`] : [];
  switch (entry.kind) {
    case 'decision':
      return entry.allow ? [] : [`${entry.action} on ${entry.securable}: ${entry.reason}`, ...explained];
    case 'call':
    case 'exchange':
      return entry.status >= 400
        ? [...('message' in entry && entry.message ? [entry.message] : []), ...explained]
        : [];
    case 'statement':
      return entry.state === 'FAILED' ? [entry.message ?? 'the statement failed', ...explained] : [];
    case 'egress':
      return entry.verdict === 'allowed' ? [] : [`${entry.host}: ${entry.rule}`, ...explained];
    default:
      return [];
  }
}
