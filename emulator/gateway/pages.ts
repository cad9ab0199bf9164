import type { Explanation } from '../core/index.ts';

/** A page the gateway answers itself. The exact words of the platform are not public (assumed); its titles are. */
export interface Page {
  status: number;
  /** Title as the platform has it, for example `App Not Available`. */
  title: string;
  /** One or two sentences in the platform's manner. */
  text: string;
  /** What Brickbox knows beyond that. */
  explanation: Explanation;
}

/** Plain accessible HTML: the platform's part first, Brickbox's own section apart from it. */
export function renderPage(page: Page, requestId: string): string {
  const { explanation } = page;
  const facts = [
    ...(explanation.who ? [['Who', explanation.who]] : []),
    ['Why', explanation.rule],
    ['What to do', explanation.fix],
    ['Request id', requestId],
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 40rem; margin: 12vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
section { margin-top: 2.5rem; padding: 1rem 1.25rem; border: 1px solid #8886; border-radius: .5rem; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
dl { margin: 0; } dt { font-weight: 600; margin-top: .5rem; } dd { margin: 0; overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(page.title)}</h1>
<p>${escapeHtml(page.text)}</p>
</main>
<section aria-labelledby="brickbox">
<h2 id="brickbox">Brickbox</h2>
<dl>
${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value ?? '')}</dd>`).join('\n')}
</dl>
</section>
</body>
</html>
`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);
}
