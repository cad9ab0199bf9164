/** `pnpm bench [name…] [--json] [--out FILE]`: the benchmarks of test/bench, interleaved, as medians. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Bench, type Figure, take } from '../../test/bench/runner.ts';

const folder = resolve(import.meta.dirname, '../../test/bench');
const args = process.argv.slice(2);
const outAt = args.indexOf('--out');
const out = outAt === -1 ? undefined : args[outAt + 1];
const json = args.includes('--json');
const names = args.filter((arg, index) => !arg.startsWith('--') && (outAt === -1 || index !== outAt + 1));

const files = readdirSync(folder).filter((file) => file.endsWith('.bench.ts'));
const known = files.map((file) => file.replace('.bench.ts', ''));
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark named ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(125);
}

const measures: Figure[] = [];
for (const file of files) {
  if (names.length > 0 && !names.includes(file.replace('.bench.ts', ''))) continue;
  const { default: bench } = (await import(pathToFileURL(join(folder, file)).href)) as { default: Bench };
  if (!json) console.log(`\n${bench.name}`);
  await bench.run(async (measure) => {
    const figure = await take(measure);
    measures.push(figure);
    if (!json) console.log(line(figure));
    return figure;
  });
}

const result = JSON.stringify({ measures });
if (out) writeFileSync(out, result);
if (json) console.log(result);

function line({ name, unit, ours, peers, ratio }: Figure): string {
  const others = Object.entries(peers).map(([peer, value]) => `${peer} ${value}`);
  return `  ${name.padEnd(44)} ${String(ours).padStart(10)} ${unit.padEnd(11)} ${others.join(', ')}${ratio === null ? '' : `  ratio ${ratio}`}`;
}
