/**
 * The console's only way to the control API. The key of the session lives in this tab's session storage, which
 * belongs to one origin with its port: an app on another port cannot read it, and no cookie travels anywhere.
 */
const slot = 'brickbox-console';

/** Trades the one-time code of the link for a key, and removes the code from the address. */
export async function signIn() {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code) {
    history.replaceState(null, '', location.pathname);
    const response = await fetch('console/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    if (response.ok) sessionStorage.setItem(slot, (await response.json()).key);
  }
  return sessionStorage.getItem(slot) !== null;
}

function headers() {
  return { authorization: `Bearer ${sessionStorage.getItem(slot) ?? ''}` };
}

export async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { ...headers(), ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  const { message, fix } = answer.error;
  throw Object.assign(new Error([message, fix].filter(Boolean).join(' ')), { code: answer.error.code });
}

/** Reads server-sent events until `signal` ends it. Calls `onEnd` when the other side ended it. */
export async function follow(path, onEvent, onEnd, signal) {
  try {
    const response = await fetch(path, { headers: headers(), signal });
    if (!response.ok) throw new Error('The control API refused the stream.');
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const data = block.split('\n').find((line) => line.startsWith('data: '));
        if (data && !block.includes('event: behind')) onEvent(JSON.parse(data.slice(6)));
      }
    }
  } catch {
    // An aborted or broken stream ends like a closed one.
  }
  if (!signal.aborted) onEnd();
}
