import { dirname } from 'node:path';
import { BrickboxError } from '../../emulator/core/index.ts';
import { childEnv } from '../child-env.ts';
import type { Finding } from '../client.ts';
import { type Context, examples, type Register, run } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { type Host, type HostOptions, openHost, temporaryProfiles } from '../host.ts';
import { withHost } from '../host-options.ts';
import { type OutputOptions, type Result, withOutput } from '../output.ts';
import { chooseProfile } from '../profiles.ts';
import { runCommand } from '../run-command.ts';
import { hostInside, runInside, withoutProxies } from '../run-inside.ts';
import { readableDuration } from '../text.ts';
import { callFolder } from '../where.ts';

const failLevels = ['info', 'warning', 'leak', 'never'] as const;
type FailLevel = (typeof failLevels)[number];

interface Options extends HostOptions, OutputOptions {
  as?: string;
  asApp?: string;
  inside?: boolean;
  failOn?: string;
}

export const registerExec: Register = (program, context) => {
  const command = withOutput(withHost(program.command('exec')))
    .description("start, run a command, report, stop; exits with the command's code")
    .argument('<command...>', 'what to run, after --')
    .option('--as <persona>', 'who the default Databricks profile is (default: the first persona)')
    .option('--as-app <name>', "the app's service principal as the default profile")
    .option('--inside', "run the command in the apps' network: their names and certificates (strict egress)")
    .option('--fail-on <severity>', 'info, warning, leak or never instead of the configuration')
    .passThroughOptions();
  examples(command, [
    'brickbox exec -- npm test',
    'brickbox exec --as ana -- python report.py',
    'brickbox exec --json --out result.json -- pytest -q',
    'brickbox exec --inside -- curl -sS https://api.example.com/',
  ]);
  command.addHelpText(
    'after',
    `
Exit code: that of the command; 3 when it succeeded but there are findings at or above fail_on;
126 and 127 when it cannot be started; 125 for errors of Brickbox; 128 + n after signal n.`,
  );
  command.action((argv: string[], options: Options) =>
    run(context, options, () => exec(context, argv, options), exitCodes.own),
  );
};

async function exec(context: Context, argv: readonly string[], options: Options): Promise<Result> {
  const host = await openHost(context, options);
  try {
    return await execIn(context, host, argv, options);
  } finally {
    await host.close();
  }
}

async function execIn(
  context: Context,
  host: Host,
  argv: readonly string[],
  options: Options,
): Promise<Result> {
  const { io } = context;
  const failOn = failLevel(options.failOn ?? host.loaded.config.fail_on);
  const profile = defaultProfile(host, options);
  const profiles = temporaryProfiles(options.inside ? hostInside(host) : host, profile);
  const started = performance.now();
  try {
    const env = childEnv({
      inherited: options.inside ? withoutProxies(io.env) : io.env,
      controlUrl: host.control.url,
      controlToken: host.client.token,
      workspaceUrl: host.sandbox.workspaceUrl,
      ...(options.inside && { host: host.sandbox.workspaceHost }),
      apps: host.sandbox.apps,
      caEnv: host.sandbox.caEnv,
      configFile: profiles.file,
      profile,
    });
    const command = { argv, cwd: callFolder(io), env };
    const outcome = options.inside
      ? await runInside(context, host, { ...command, readable: [dirname(profiles.file)] })
      : await runCommand(context, argv, command);
    const { findings } = await host.client.call('GET /v1/findings');
    const counted = findings.filter(({ severity }) => reaches(severity, failOn));
    const exitCode = outcome.exitCode === 0 && counted.length > 0 ? exitCodes.findings : outcome.exitCode;
    const duration = performance.now() - started;
    // The command may have left an unfinished line: the result needs one of its own.
    if (options.json) io.stdout.write('\n');
    io.stderr.write(`${report(host, findings, counted, outcome.exitCode, duration)}\n`);
    return {
      json: {
        exit_code: exitCode,
        command: argv,
        command_exit_code: outcome.exitCode,
        signal: outcome.signal,
        duration_ms: Math.round(duration),
        fail_on: failOn,
        findings,
        failing_findings: counted.length,
        egress_mode: host.sandbox.egressMode,
        loosened: host.sandbox.loosened,
        profile: profile ?? null,
        journal: { last: host.sandbox.journal.last, dropped: host.sandbox.journal.dropped },
      },
      text: '',
      exitCode,
    };
  } finally {
    profiles.remove();
  }
}

function defaultProfile(host: Host, { as, asApp }: Options): string | undefined {
  const profile = chooseProfile(host.profiles, {
    ...(as !== undefined && { as }),
    ...(asApp !== undefined && { asApp }),
  });
  if (profile === undefined && (as !== undefined || asApp !== undefined)) {
    const known = host.profiles.map(({ name }) => name).join(', ') || 'none';
    throw new BrickboxError('UNKNOWN_PERSONA', `There is no persona or app "${as ?? asApp}".`, {
      fix: `Profiles of this world: ${known}.`,
    });
  }
  return profile;
}

function failLevel(text: string): FailLevel {
  const level = failLevels.find((candidate) => candidate === text);
  if (level) return level;
  throw new BrickboxError('FAIL_ON', `"${text}" is not a severity.`, {
    fix: `Use one of ${failLevels.join(', ')}.`,
  });
}

function reaches(severity: Finding['severity'], failOn: FailLevel): boolean {
  return failOn !== 'never' && failLevels.indexOf(severity) >= failLevels.indexOf(failOn);
}

function report(
  host: Host,
  findings: readonly Finding[],
  counted: readonly Finding[],
  exitCode: number,
  duration: number,
): string {
  const { loosened, egressMode } = host.sandbox;
  const ended = `brickbox: the command ended with ${exitCode} after ${readableDuration(duration)}`;
  const found =
    findings.length === 0
      ? 'no findings'
      : `${findings.length} finding${findings.length === 1 ? '' : 's'}, ${counted.length} at or above fail_on`;
  return [
    `${ended}; ${found}; egress ${egressMode}${loosened.length > 0 ? `; loosened: ${loosened.join(', ')}` : ''}.`,
    ...findings.map(
      ({ severity, finding, message, fix }) => `  ${severity} ${finding}: ${message}\n    fix: ${fix}`,
    ),
  ].join('\n');
}
