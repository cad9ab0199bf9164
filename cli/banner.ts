import type { Host } from './host.ts';
import { type Io, styleOf } from './io.ts';
import { table } from './text.ts';

const egressWords = {
  strict: 'strict: undeclared hosts cannot be reached, by any program of the app',
  cooperative: 'cooperative: advisory, a program that ignores proxy settings gets out',
  off: 'off: there is no app to hold back',
} as const;

/** The screen of `dev` and `start`: where things are, who there is, what to try, what is in force. */
export function banner(io: Io, host: Host): string {
  const style = styleOf(io);
  const { sandbox, control, loaded } = host;
  const personas = sandbox.personas();
  const [app] = sandbox.apps;
  const place = (name: string, value: string) => `  ${style.quiet(name.padEnd(11))}${value}`;

  const lines = [
    style.strong('Brickbox is ready'),
    '',
    ...sandbox.apps.map(({ name, url, state }) =>
      place(name, `${style.accent(url)}${state === 'running' ? '' : `  (${state})`}`),
    ),
    place('workspace', style.accent(sandbox.workspaceUrl)),
    place('console', style.accent(control.consoleLink())),
    '',
    style.strong('Personas'),
    indent(
      table(
        [],
        personas.map(({ alias, userName, groups, sees }) => [alias, userName, groups.join(', '), sees ?? '']),
      ),
    ),
    '',
    style.strong('Try'),
    ...suggestions(
      app?.name,
      personas.map(({ alias }) => alias),
    ).map((line) => `  ${line}`),
    '',
    place('egress', egressWords[sandbox.egressMode]),
    place(
      'loosened',
      sandbox.loosened.length > 0 ? sandbox.loosened.join(', ') : 'nothing, every check is on',
    ),
    ...loaded.notes.map((note, index) => place(index === 0 ? 'notes' : '', note)),
  ];
  return lines.join('\n');
}

function suggestions(app: string | undefined, personas: readonly string[]): string[] {
  const [first = 'admin', second] = personas;
  const person = second ?? first;
  return [
    ...(app ? [`open the app and sign in as ${person}; a private window holds another persona`] : []),
    `brickbox sql --as ${person} "SELECT current_user()"`,
    ...(app ? [`brickbox curl --as ${person} /`] : []),
    'brickbox journal --follow',
  ];
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
