/** How one journal entry reads as a row: who, what, outcome, why, and whether it was refused. */
export function describe(entry) {
  const who = entry.persona ?? entry.caller?.principal ?? entry.principal ?? entry.app ?? '';
  const through = entry.caller?.app && entry.kind !== 'finding' ? ` through ${entry.caller.app}` : '';
  return { who: `${who}${through}`, why: reason(entry), ...parts(entry) };
}

function parts(entry) {
  switch (entry.kind) {
    case 'exchange':
      return row(
        `${entry.method} ${entry.path}`,
        `${entry.status} ${entry.outcome}, ${duration(entry)}`,
        entry.status >= 400,
      );
    case 'call':
      return row(`${entry.method} ${entry.path}`, `${entry.status}, ${duration(entry)}`, entry.status >= 400);
    case 'decision':
      return row(`${entry.action} on ${entry.securable}`, entry.allow ? 'allowed' : 'denied', !entry.allow);
    case 'statement':
      return row(
        entry.text,
        `${entry.state.toLowerCase()}${entry.rows === null ? '' : `, ${entry.rows} rows`}`,
        entry.state === 'FAILED',
      );
    case 'egress':
      return row(
        `${entry.protocol} ${entry.host}${entry.port ? `:${entry.port}` : ''}`,
        [entry.verdict, entry.answered].filter(Boolean).join(', '),
        entry.verdict !== 'allowed',
      );
    case 'token':
      return row(`${entry.grant} ${entry.scopes.join(' ')}`, entry.event, entry.event === 'refused');
    case 'finding':
      return row(`${entry.finding}: ${entry.message}`, entry.severity, entry.severity !== 'info');
    default:
      return row(entry.message ?? '', entry.event ?? '', false);
  }
}

function row(what, outcome, refused) {
  return { what, outcome, refused };
}

function duration({ duration }) {
  return `${Math.round(duration * 10) / 10} ms`;
}

function reason(entry) {
  const masks = (entry.relations ?? []).flatMap(({ name, rowFilter, masks }) => [
    ...(rowFilter ? [`${name}: row filter ${rowFilter}`] : []),
    ...masks.map((mask) => `${name}: mask ${mask}`),
  ]);
  const { explanation } = entry;
  return [
    explanation ? `${explanation.rule} ${explanation.fix}` : (entry.reason ?? entry.fix),
    entry.kind === 'call' || entry.kind === 'statement' ? entry.message : undefined,
    ...masks,
  ]
    .filter(Boolean)
    .join(' · ');
}
