import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, run } from '../journeys/cli.ts';
import { repository } from '../journeys/house.ts';
import { users } from './users.ts';
import { strict } from './world.ts';

/** The ways out of a namespace, tried by a program inside; docs/guides/egress.md says which are closed. */
const config = `
personas:
  ana: { user_name: ana@acme.test }
egress: { mode: strict }
`;
const launcher = repository('cli/launch.cjs');
const script = (name: string) => repository('test/egress/commands', name);

/** The system's Python: the one of root's own folder is not for the ordinary user. */
const PATH = `/usr/bin:${process.env['PATH']}`;

test.runIf(strict.available).each(users)('no known way leads out, as $user', async ({ user, prefix }) => {
  const { folder, remove } = folderWith({ 'brickbox.yaml': config });
  const foreign = join(folder, 'foreign');
  for (const name of ['outside', 'home']) mkdirSync(join(folder, name));
  for (const name of ['', 'outside', 'home']) chmodSync(join(folder, name), 0o777);
  writeFileSync(foreign, 'secret of root', { mode: 0o600 });
  const [stream, datagram] = [join(folder, 'outside/stream.sock'), join(folder, 'outside/log.sock')];
  const mark = `brickbox-test-${process.pid}-${prefix.length}`;
  const outsider = run([...prefix, 'python3', script('outsider.py'), stream, datagram, mark], {
    cwd: folder,
    env: { PATH },
  });
  try {
    const [, port] = await outsider.said(/port (\d+)/);
    const told = { outsider: outsider.pid, mark, abstract: mark, stream, datagram, foreign };
    const masked = join(folder, '.brickbox/run');
    const attempt = (options: string[]) => {
      const outside = options.length === 0;
      const argument = JSON.stringify({ ...told, port: Number(port), masked, outside });
      const command = ['python3', script('escape.py'), argument];
      return run([...prefix, process.execPath, launcher, 'exec', ...options, '--', ...command], {
        cwd: folder,
        env: { HOME: join(folder, 'home'), PATH },
      }).done;
    };

    const { code, stdout, stderr } = await attempt(['--inside']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      'setns net': expect.stringMatching(/^E(PERM|ACCES)$/),
      'setns mnt': expect.stringMatching(/^E(PERM|ACCES)$/),
      'setns in a new user namespace': expect.stringMatching(/^E(PERM|ACCES)$/),
      'link down in a new user namespace': 'EPERM',
      mount: 'EPERM',
      'unmount a mask': 'EPERM',
      'ptrace of init': 'EPERM',
      'memory of init': expect.stringMatching(/^E(PERM|ACCES)$/),
      'descriptors of init': expect.stringMatching(/^E(PERM|ACCES)$/),
      'root of init': expect.stringMatching(/^E(PERM|ACCES)$/),
      'signal outside': 'ESRCH',
      'outsider in /proc': false,
      descriptors: [],
      'abstract socket': 'ECONNREFUSED',
      'stream socket': 'ECONNREFUSED',
      'datagram socket': 'ECONNREFUSED',
      loopback: 'ECONNREFUSED',
      // Root stays root in its files: said in the guide and in the banner.
      'file of another user': user === 'root' ? 'reached' : 'EACCES',
      'raw socket': 'EPERM',
      'packet socket': 'EPERM',
    });
    // The same program outside gets through: what it was refused is there.
    const outside = JSON.parse((await attempt([])).stdout);
    for (const way of ['abstract socket', 'stream socket', 'datagram socket', 'loopback', 'signal outside'])
      expect(outside[way], way).toBe('reached');
    expect(outside['outsider in /proc']).toBe(true);
    process.kill(outsider.pid, 'SIGTERM');
    const { stdout: came } = await outsider.done;
    expect(came.match(/reached/g), 'once for each way, by the program outside alone').toHaveLength(4);
  } finally {
    outsider.child.kill('SIGKILL');
    remove();
  }
});
