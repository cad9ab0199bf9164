/**
 * Names by a JDBC pattern: `%` is any text, `_` one character, `\` takes the next as it is; without case. An absent
 * or empty pattern matches everything.
 */
export function matcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined || pattern === '' || pattern === '%' || pattern === '*') return () => true;
  let expression = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === '%') expression += '.*';
    else if (character === '_') expression += '.';
    else if (character === '\\' && at + 1 < pattern.length) {
      at += 1;
      expression += escaped(pattern.charAt(at));
    } else expression += escaped(character);
  }
  const compiled = new RegExp(`^${expression}$`, 'isu');
  return (name) => compiled.test(name);
}

const escaped = (character: string) => character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
