import { describe, expect, it } from 'vitest';
import { doWithout, withBridges } from '../../agent/image/stopped-scripts.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const script = (provides: string, required: string) =>
  `#!/bin/sh\n### BEGIN INIT INFO\n# Provides:          ${provides}\n# Required-Start:    ${required}\n# Default-Start:     S\n### END INIT INFO\n:\n`;

const root = {
  '/sbin/insserv': '',
  '/etc/init.d/README': 'no script\n',
  '/etc/init.d/checkroot.sh': script('checkroot mtab', 'mountdevsubfs hostname'),
  '/etc/init.d/checkfs.sh': script('checkfs', 'checkroot'),
  '/etc/init.d/checkroot-bootclean.sh': script('checkroot-bootclean', 'checkroot'),
  '/etc/init.d/mountall.sh': script('mountall', 'checkfs checkroot-bootclean'),
  '/etc/init.d/ssh': script('sshd', '$remote_fs $syslog'),
};
const stopped = ['checkroot.sh', 'checkfs.sh', 'absent.sh'];

describe('scripts that require what is off', () => {
  it('get an override that requires what the stopped one required, and no other script does', () => {
    const wants = doWithout(stopped, openRoot(temporaryRoot(root)));
    expect(wants.flatMap((want) => ('file' in want ? [[want.file, String(want.content)]] : []))).toEqual([
      [
        '/etc/insserv/overrides/checkroot-bootclean.sh',
        '### BEGIN INIT INFO\n# Provides:          checkroot-bootclean\n# Required-Start:    mountdevsubfs hostname\n# Default-Start:     S\n### END INIT INFO\n',
      ],
      [
        '/etc/insserv/overrides/mountall.sh',
        '### BEGIN INIT INFO\n# Provides:          mountall\n# Required-Start:    mountdevsubfs hostname checkroot-bootclean\n# Default-Start:     S\n### END INIT INFO\n',
      ],
    ]);
  });

  it('get the same override where the platform has deleted the stopped ones', () => {
    const { '/etc/init.d/checkroot.sh': _, '/etc/init.d/checkfs.sh': __, ...patched } = root;
    const names = [
      'checkfs.sh',
      'checkroot.sh',
      'hwclock.sh',
      'kmod',
      'mtab.sh',
      'procps',
      'udev',
      'udev-mtab',
    ];
    expect(doWithout(names, openRoot(temporaryRoot(patched))).slice(0, -1)).toEqual(
      doWithout(names, openRoot(temporaryRoot(root))).slice(0, -1),
    );
  });

  it('end where stopped scripts require each other', () => {
    const wants = doWithout(
      ['one', 'two'],
      openRoot(
        temporaryRoot({
          '/etc/init.d/one': script('one', 'two'),
          '/etc/init.d/two': script('two', 'one hostname'),
          '/etc/init.d/three': script('three', 'one'),
        }),
      ),
    );
    expect(wants).toContainEqual(
      expect.objectContaining({ content: expect.stringContaining('Required-Start:    hostname\n') }),
    );
  });
});

describe('a dependency file', () => {
  const text = `TARGETS = hostname.sh mountdevsubfs.sh mountall.sh checkroot-bootclean.sh checkroot.sh checkfs.sh
INTERACTIVE = checkroot.sh checkfs.sh
mountall.sh: checkfs.sh checkroot-bootclean.sh
checkroot-bootclean.sh: checkroot.sh
checkroot.sh: mountdevsubfs.sh hostname.sh
checkfs.sh: checkroot.sh
networking: mountdevsubfs.sh checkroot.sh hostname.sh
`;
  const bridged = text
    .replace(
      'checkfs.sh checkroot-bootclean.sh\n',
      'checkfs.sh checkroot-bootclean.sh mountdevsubfs.sh hostname.sh\n',
    )
    .replace('bootclean.sh: checkroot.sh\n', 'bootclean.sh: checkroot.sh mountdevsubfs.sh hostname.sh\n');

  it('keeps the order that went by way of a stopped script', () => {
    expect(withBridges(text, stopped)).toBe(bridged);
  });

  it('stays as it is when it has that order', () => {
    expect(withBridges(bridged, stopped)).toBe(bridged);
  });
});
