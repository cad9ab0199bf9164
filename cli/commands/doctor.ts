import { examples, type Register, run } from '../context.ts';
import { type Check, checkMachine } from '../doctor.ts';
import { styleOf } from '../io.ts';
import { type OutputOptions, withOutput } from '../output.ts';

export const registerDoctor: Register = (program, context) => {
  const command = withOutput(program.command('doctor')).description(
    'what this machine has: runtimes, ports, egress mode, certificates',
  );
  examples(command, ['brickbox doctor', 'brickbox doctor --json']);
  command.action((options: OutputOptions) =>
    run(context, options, async () => {
      const checks = await checkMachine(context.io);
      return {
        json: { checks },
        text: checks.map((check) => line(check, styleOf(context.io))).join('\n'),
        exitCode: checks.some(({ state }) => state === 'missing') ? 1 : 0,
      };
    }),
  );
};

function line({ name, state, found, hint }: Check, style: ReturnType<typeof styleOf>): string {
  const mark = { ok: 'ok', note: 'note', missing: 'missing' }[state];
  const first = `${style.accent(mark.padEnd(8))}${name.padEnd(14)}${found}`;
  return hint ? `${first}\n${' '.repeat(22)}${style.quiet(hint)}` : first;
}
