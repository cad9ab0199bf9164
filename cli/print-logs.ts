import type { Sandbox } from '../emulator/index.ts';
import { type Io, styleOf } from './io.ts';

/** Prints what apps say and what was found, as it happens. Returns the function that ends it. */
export function printLogs(io: Io, sandbox: Sandbox): () => void {
  const style = styleOf(io);
  const width = Math.max(8, ...sandbox.apps.map(({ name }) => name.length));
  const line = (name: string, text: string) =>
    io.stdout.write(`${style.quiet(`${name.padEnd(width)} |`)} ${text}\n`);
  const ends = sandbox.apps.map((app) => app.followLogs(({ message }) => line(app.name, message)));
  ends.push(
    sandbox.journal.follow((entry) => {
      if (entry.kind !== 'finding') return;
      line('brickbox', `${style.accent(entry.severity)} ${entry.finding}: ${entry.message} ${entry.fix}`);
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}
