import { spawn } from 'node:child_process';

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end; it is stopped after `limit` wall milliseconds. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; limit: number },
): Promise<Finished> {
  const { PATH = '', HOME = '' } = process.env;
  const { cwd, env, limit } = options;
  const child = spawn(command, args, { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** @throws Error with the end of its output when the command fails. */
export async function mustRun(...given: Parameters<typeof runCommand>): Promise<Finished> {
  const finished = await runCommand(...given);
  if (finished.code === 0) return finished;
  const [command, args] = given;
  const output = `${finished.stdout}\n${finished.stderr}`.trim().slice(-2_000);
  throw new Error(`${command} ${args.join(' ')} ended with ${finished.code}:\n${output}`);
}
