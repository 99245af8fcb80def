import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { unitText } from '../../agent/image/assets.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

/** A folder with the wrapper and stand-ins for what it calls, which tell when they are called. */
function wrapper(init: string): string {
  const says = (name: string) => `#!/bin/sh\necho ${name} "$@"\n`;
  const folder = temporaryRoot({
    ...Object.fromEntries(
      ['poweroff', 'reboot', 'halt', 'sleep', 'openrc-shutdown'].map((name) => [`/${name}`, says(name)]),
    ),
    '/readlink': `#!/bin/sh\necho ${init}\n`,
  });
  writeFileSync(join(folder, 'shutdown'), unitText('common/shutdown').replaceAll('=/run/', `=${folder}/`));
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o755);
  return folder;
}

function shutdown(argv: readonly string[], folder = wrapper('/bin/busybox')) {
  const { status, stdout, stderr } = spawnSync('/bin/sh', [join(folder, 'shutdown'), ...argv], {
    env: { PATH: `${folder}:/usr/bin:/bin` },
    encoding: 'utf8',
  });
  return {
    status,
    did: stdout
      .trim()
      .split('\n')
      .map((line) => line.trim()),
    stderr,
  };
}

describe('shutdown on BusyBox', () => {
  it.each([
    ['-h now', ['poweroff']],
    ['-r now', ['reboot']],
    ['-P now', ['poweroff']],
    ['-H now', ['halt']],
    ['-h', ['poweroff']],
    ['-h +0', ['poweroff']],
    ['-hf now', ['poweroff']],
    ['-f -r now', ['reboot']],
    ['-t 5 -r now', ['reboot']],
    ['-h now going down for good', ['poweroff']],
    ['--reboot now', ['reboot']],
    ['-r +2', ['sleep 120', 'reboot']],
  ])('shutdown %s', (argv, did) => {
    expect(shutdown(argv.split(' '))).toEqual({ status: 0, did, stderr: '' });
  });

  it.each(['', 'now', '-h 23:30', '-x now', '--later now', '-r +2m', '-r +08', '-t'])(
    'refuses: shutdown %s',
    (argv) => {
      const { status, did, stderr } = shutdown(argv.split(' ').filter(Boolean));
      expect({ status, did }).toEqual({ status: 1, did: [''] });
      expect(stderr).toContain('usage: shutdown');
    },
  );

  it('ends one that waits for its time, once', async () => {
    const folder = wrapper('/bin/busybox');
    rmSync(join(folder, 'sleep'));
    const waiting = spawn('/bin/sh', [join(folder, 'shutdown'), '-h', '+10'], {
      env: { PATH: `${folder}:/usr/bin:/bin` },
      stdio: 'ignore',
      detached: true,
    });
    const ended = once(waiting, 'exit');
    onTestFinished(() => {
      // The sleep that it left behind.
      if (waiting.pid !== undefined) process.kill(-waiting.pid);
    });
    await vi.waitFor(() =>
      expect(readFileSync(join(folder, 'shutdown.pid'), 'utf8')).toBe(`${waiting.pid}\n`),
    );
    expect(shutdown(['-c'], folder)).toEqual({ status: 0, did: [''], stderr: '' });
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(shutdown(['-c'], folder)).toEqual({
      status: 1,
      did: [''],
      stderr: 'shutdown: no shutdown is pending\n',
    });
  });
});

describe('shutdown on openrc-init', () => {
  it.each([
    ['-h now', 'openrc-shutdown --poweroff now'],
    ['-P now', 'openrc-shutdown --poweroff now'],
    ['-r now', 'openrc-shutdown --reboot now'],
    ['-H now', 'openrc-shutdown --halt now'],
  ])('shutdown %s', (argv, did) => {
    expect(shutdown(argv.split(' '), wrapper('openrc-init'))).toEqual({ status: 0, did: [did], stderr: '' });
  });
});
