/** `/robots.txt` is answered by the sign-in layer itself (code: oauth2-proxy; assumed for the platform's fork). */
import { type Answer, text } from '../answer.ts';
import type { Exchange } from '../exchange.ts';

export function robots(exchange: Exchange): Answer | undefined {
  if (exchange.path !== '/robots.txt') return undefined;
  return text(200, 'User-agent: *\nDisallow: /\n', 'reserved');
}
