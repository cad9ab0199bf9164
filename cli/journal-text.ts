import { z } from 'zod';
import type { JournalLine } from './client.ts';

/** The fields of every kind of entry that a line shows. What is missing or of another shape is left out. */
const fields = z.object({
  app: z.string().nullish().catch(undefined),
  persona: z.string().nullish().catch(undefined),
  principal: z.string().nullish().catch(undefined),
  caller: z.object({ principal: z.string(), app: z.string().nullable() }).nullish().catch(undefined),
  method: z.string().optional().catch(undefined),
  path: z.string().optional().catch(undefined),
  status: z.number().optional().catch(undefined),
  outcome: z.string().optional().catch(undefined),
  duration: z.number().optional().catch(undefined),
  action: z.string().optional().catch(undefined),
  securable: z.string().optional().catch(undefined),
  allow: z.boolean().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  text: z.string().optional().catch(undefined),
  state: z.string().optional().catch(undefined),
  rows: z.number().nullish().catch(undefined),
  host: z.string().optional().catch(undefined),
  port: z.number().nullish().catch(undefined),
  verdict: z.string().optional().catch(undefined),
  rule: z.string().optional().catch(undefined),
  event: z.string().optional().catch(undefined),
  grant: z.string().optional().catch(undefined),
  severity: z.string().optional().catch(undefined),
  finding: z.string().optional().catch(undefined),
  client: z
    .object({
      product: z.string().nullable(),
      partner: z.string().nullable(),
      sdk: z.string().nullable(),
      auth: z.string().nullable(),
    })
    .optional()
    .catch(undefined),
  message: z.string().optional().catch(undefined),
  fix: z.string().optional().catch(undefined),
  explanation: z.object({ rule: z.string(), fix: z.string() }).optional().catch(undefined),
});

type Fields = z.output<typeof fields>;

/** One entry as a line, with the reason of a refusal on a second one. */
export function readableEntry(entry: JournalLine): string {
  const data = fields.parse(entry);
  const time = new Date(entry.at).toISOString().slice(11, 23);
  const through = data.caller?.app ? ` through ${data.caller.app}` : '';
  const who = `${data.persona ?? data.caller?.principal ?? data.principal ?? data.app ?? '-'}${through}`;
  const line = `${time}  ${entry.kind.padEnd(9)}  ${who}  ${what(entry.kind, data)}`;
  const why = data.explanation ? `${data.explanation.rule} ${data.explanation.fix}` : undefined;
  return why ? `${line}\n${' '.repeat(14)}${why}` : line;
}

function what(kind: string, data: Fields): string {
  const took = data.duration === undefined ? '' : ` (${Math.round(data.duration * 10) / 10} ms)`;
  switch (kind) {
    case 'exchange':
      return `${data.method} ${data.path} -> ${data.status} ${data.outcome}${took}`;
    case 'call':
      return `${data.method} ${data.path} -> ${data.status}${took}${data.message ? ` ${data.message}` : ''}${by(data.client)}`;
    case 'decision':
      return `${data.allow ? 'allowed' : 'denied'} ${data.action} on ${data.securable}: ${data.reason}`;
    case 'statement': {
      const rows = typeof data.rows === 'number' ? `, ${data.rows} rows` : '';
      return `${oneLine(data.text ?? '')} -> ${data.state}${rows}${data.message ? ` ${data.message}` : ''}`;
    }
    case 'egress':
      return `${data.verdict} ${data.host}${data.port ? `:${data.port}` : ''} (${data.rule})`;
    case 'token':
      return `${data.event} ${data.grant}${data.message ? `: ${data.message}` : ''}`;
    case 'finding':
      return `${data.severity} ${data.finding}: ${data.message} ${data.fix}`;
    default:
      return [data.event, data.message].filter(Boolean).join(': ');
  }
}

/** ` by Acme_App/1.2.3, databricks-sdk-js/0.17.0, auth pat`: the client, as far as it names itself. */
function by(client: Fields['client']): string {
  const parts = [client?.partner ?? client?.product, client?.sdk, client?.auth && `auth ${client.auth}`];
  const named = parts.filter(Boolean);
  return named.length > 0 ? ` by ${named.join(', ')}` : '';
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  return flat.length > 160 ? `${flat.slice(0, 157)}...` : flat;
}
