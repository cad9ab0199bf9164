import { createHash } from 'node:crypto';
import type { Answer } from './http.ts';

/** One persona on the sign-in page. */
export interface Choice {
  userName: string;
  displayName: string;
  groups: readonly string[];
}

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #5b6470; --line: #d8dde3; --back: #f6f7f9;
  --card: #fff; --accent: #1f5fae; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --quiet: #a2abb6; --line: #3a4048;
  --back: #16191d; --card: #1f2328; --accent: #7db1f0; --on-accent: #10151b; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 3rem 1rem; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 30rem; margin: 0 auto; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; }
.quiet { color: var(--quiet); font-size: .875rem; }
ul { list-style: none; margin: 1.25rem 0; padding: 0; }
li { margin: 0 0 .5rem; }
.scopes li { padding: .5rem .75rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
code { font: .875rem ui-monospace, monospace; }
button { font: inherit; cursor: pointer; border-radius: 6px; border: 1px solid var(--line);
  background: var(--card); color: inherit; padding: .6rem .9rem; }
button:hover { border-color: var(--accent); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.persona { display: block; width: 100%; text-align: left; }
.persona strong, .persona span { display: block; }
.persona.hinted { border-color: var(--accent); border-width: 2px; }
.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.row { display: flex; gap: .5rem; flex-wrap: wrap; }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** Sign-in page: one button a persona. `action` is where the form goes, `csrf` the token it must bring back. */
export function signInPage(page: {
  action: string;
  csrf: string;
  clientName: string | undefined;
  choices: readonly Choice[];
  hint: string | undefined;
  signedIn: string | undefined;
}): string {
  const hinted = page.hint?.toLowerCase();
  const buttons = page.choices.map((choice) => {
    const chosen = choice.userName.toLowerCase() === hinted;
    const groups = choice.groups.length > 0 ? choice.groups.join(', ') : 'no groups';
    return `<li><button class="persona${chosen ? ' hinted' : ''}" name="persona" value="${html(choice.userName)}"${
      chosen ? ' autofocus' : ''
    }><strong>${html(choice.displayName)}</strong><span>${html(choice.userName)}</span><span class="quiet">${html(
      groups,
    )}</span></button></li>`;
  });
  const why = page.clientName
    ? `<p>Sign in to continue to <strong>${html(page.clientName)}</strong>.</p>`
    : '<p>Choose who you are in this workspace.</p>';
  const now = page.signedIn ? `<p class="quiet">Signed in as ${html(page.signedIn)}.</p>` : '';
  const nobody = '<p>There are no personas. Add some under <code>personas:</code> in brickbox.yaml.</p>';
  return document(
    'Sign in',
    `<h1>Sign in as</h1>${why}${now}
<form method="post" action="${html(page.action)}">
<input type="hidden" name="csrf" value="${html(page.csrf)}">
${buttons.length > 0 ? `<ul>${buttons.join('\n')}</ul>` : nobody}
</form>
<p class="quiet">Brickbox, a local sandbox. No password is asked and nothing leaves this machine.</p>`,
  );
}

/** Consent page: what the app wants, accept or refuse, and the way to be somebody else. */
export function consentPage(page: {
  action: string;
  csrf: string;
  clientName: string;
  userName: string;
  displayName: string;
  scopes: readonly { name: string; opens: string }[];
}): string {
  const scopes = page.scopes.map(
    ({ name, opens }) => `<li><code>${html(name)}</code> <span class="quiet">${html(opens)}</span></li>`,
  );
  return document(
    'Allow access',
    `<h1>Allow <strong>${html(page.clientName)}</strong> to act for you?</h1>
<p>You are ${html(page.displayName)} <span class="quiet">(${html(page.userName)})</span>. The app asks for:</p>
<ul class="scopes">${scopes.join('\n')}</ul>
<form method="post" action="${html(page.action)}">
<input type="hidden" name="csrf" value="${html(page.csrf)}">
<div class="row">
<button class="main" name="answer" value="accept">Allow</button>
<button name="answer" value="refuse">Refuse</button>
<button name="answer" value="switch">Use another persona</button>
</div>
</form>
<p class="quiet">Your answer is kept for this app. A later version that wants more gets what you allow now.</p>`,
  );
}

/** After signing in without an app waiting. */
export function signedInPage(userName: string): string {
  return document('Signed in', `<h1>Signed in as ${html(userName)}</h1><p>You can close this page.</p>`);
}

/** Something went wrong before there was a place to send the browser back to. */
export function errorPage(error: string, description: string): string {
  return document(
    'Sign-in failed',
    `<h1>Sign-in failed</h1><p><code>${html(error)}</code></p><p>${html(description)}</p>
<p class="quiet">Go back to the app and start again.</p>`,
  );
}

/** What a client without cookies sees at the end of the redirects: usually a program, not a person. */
export function noCookiePage(): string {
  return document(
    'Sign in',
    `<h1>Sign in</h1><p>This page needs a browser that keeps cookies: sign-in starts at the app and comes back to it.</p>
<p class="quiet">Brickbox: if a program of yours received this page, it called an app without a token the app accepts and
followed the redirects. Send <code>Authorization: Bearer</code> with the forwarded user token or the calling app's own token,
and give that identity CAN_USE on the app.</p>`,
  );
}

/** A page with the headers that keep it from being framed, scripted or sent elsewhere. */
export function pageAnswer(status: number, body: string, formTargets: readonly string[] = []): Answer {
  return { status, headers: pageHeaders(formTargets), body };
}

/** `form-action` covers the redirects after a form too, so it names where the browser goes in the end. */
export function pageHeaders(formTargets: readonly string[] = []): Record<string, string> {
  const targets = ["'self'", ...formTargets].join(' ');
  return {
    'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${targets}; base-uri 'none'; frame-ancestors 'none'`,
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title)} · Brickbox</title><style>${style}</style></head>
<body><main>${body}</main></body>
</html>
`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
