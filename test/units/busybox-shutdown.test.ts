import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unitText } from '../../agent/image/assets.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

/** Call the wrapper with stand-ins for BusyBox's programs that tell when they are called. */
function shutdown(...argv: string[]) {
  const folder = temporaryRoot({
    '/shutdown': unitText('busybox/shutdown'),
    ...Object.fromEntries(
      ['poweroff', 'reboot', 'halt', 'sleep'].map((name) => [`/${name}`, `#!/bin/sh\necho ${name} "$@"\n`]),
    ),
  });
  for (const name of ['poweroff', 'reboot', 'halt', 'sleep']) chmodSync(join(folder, name), 0o755);
  const { status, stdout, stderr } = spawnSync('/bin/sh', [join(folder, 'shutdown'), ...argv], {
    env: { PATH: folder },
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
    expect(shutdown(...argv.split(' '))).toEqual({ status: 0, did, stderr: '' });
  });

  it.each(['', 'now', '-h 23:30', '-x now', '--later now', '-r +2m', '-t', '-c'])(
    'refuses: shutdown %s',
    (argv) => {
      const { status, did, stderr } = shutdown(...argv.split(' ').filter(Boolean));
      expect({ status, did }).toEqual({ status: 1, did: [''] });
      expect(stderr).toContain('usage: shutdown');
    },
  );
});
