/**
 * Only the gateway's own host is answered, so that a web page cannot reach it under a name of its own (DNS
 * rebinding). Ours, not the platform's: there every app has a host of its own. No CORS headers are ever sent.
 */
import { type Answer, page } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Front } from './step.ts';

export function checkHost(exchange: Exchange, front: Front): Answer | undefined {
  const { headers, url } = exchange.req;
  const given = url && !url.startsWith('/') && url !== '*' ? authorityOf(url) : headers.host;
  if (given === front.host && headers.host === front.host) return undefined;
  return page(
    {
      status: 421,
      title: 'Misdirected Request',
      text: 'This address does not serve the requested host.',
      explanation: {
        rule: `The request asked for the host ${JSON.stringify(given ?? '')}; this gateway answers for ${front.host} only, as a guard against DNS rebinding.`,
        fix: `Open ${front.origin}/ instead.`,
      },
    },
    exchange.id,
    'denied',
  );
}

const authorityOf = (url: string) => /^http:\/\/([^/?#]*)/i.exec(url)?.[1];
