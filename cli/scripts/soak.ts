/** `pnpm soak [--minutes N] [--json]`: eight personas at once, and whether memory, sockets or files grow. Default: 60 minutes. */
import { soak } from '../../test/soak/soak.ts';

const args = process.argv.slice(2);
const at = args.indexOf('--minutes');
const minutes = at === -1 ? 60 : Number(args[at + 1]);
const json = args.includes('--json');
if (!(minutes > 0)) {
  console.error('--minutes wants a number above 0.');
  process.exit(125);
}

const report = await soak(minutes, json ? () => {} : console.log);
if (json) console.log(JSON.stringify(report));
else {
  const done = Object.entries(report.done).map(([name, count]) => `${name} ${count}`);
  console.log(`\n${report.minutes.toFixed(1)} minutes, ${report.resets} resets. Done: ${done.join(', ')}`);
  for (const { figure, first, last, perHour, growth, allowed, grows } of report.verdicts) {
    const figures = `${first.toFixed(1)} to ${last.toFixed(1)}, ${perHour.toFixed(2)} per hour, ${growth.toFixed(1)} of ${allowed} allowed`;
    console.log(`  ${figure.padEnd(18)} ${grows ? 'GROWS  ' : 'steady '} ${figures}`);
  }
}
process.exit(report.grew.length > 0 ? 1 : 0);
