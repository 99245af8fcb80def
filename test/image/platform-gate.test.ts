import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectDistribution } from '../../agent/system/distribution.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { imageCommand } from '../support/image.ts';
import { families } from '../support/roots/families.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

/** Which script of the platform takes a root, as lx_boot of SmartOS and OmniOS decides it from outside the zone. */
const gate = `
cd "$1/etc" || exit 1
if [ -f redhat-release ]; then echo redhat
elif [ -f lsb-release ]; then
  if grep -q Ubuntu lsb-release; then echo ubuntu; elif [ -f debian_version ]; then echo debian; fi
elif [ -f debian_version ]; then echo debian
elif [ -f alpine-release ]; then echo busybox
elif [ -f SuSE-release ]; then echo suse
elif [ -f void-release ]; then echo void
fi`;

function takenBy(root: string): string {
  return execFileSync('sh', ['-c', gate, 'sh', root], { encoding: 'utf8' }).trim() || 'refused';
}

const osRelease = (id: string): Tree => ({ '/etc/os-release': `ID=${id}\nNAME=${id}\n` });

describe('a root that the platform would refuse', () => {
  const refused: readonly (readonly [name: string, tree: Tree, script: string])[] = [
    ['Void', osRelease('void'), 'void'],
    ['Gentoo', { ...osRelease('gentoo'), '/etc/gentoo-release': 'Gentoo\n' }, 'void'],
    ['openSUSE 15, whose SuSE-release is gone', osRelease('opensuse-leap'), 'void'],
    ['a distribution of next year', osRelease('chimera'), 'void'],
    [
      'Arch, whose lsb-release hides void-release',
      { ...osRelease('arch'), '/etc/lsb-release': 'DISTRIB_ID="Arch"\n' },
      'debian',
    ],
    [
      'a release file behind an absolute link, which leads nowhere from outside',
      {
        ...osRelease('fedora'),
        '/etc/redhat-release': '-> /usr/lib/fedora-release',
        '/usr/lib/fedora-release': 'Fedora release 41\n',
      },
      'void',
    ],
  ];

  it.each(refused)('boots once it is prepared: %s', async (_name, tree, script) => {
    const root = temporaryRoot({ ...tree, '/etc/fstab': '' });
    const before = detectDistribution(openRoot(root));
    expect(takenBy(root)).toBe('refused');
    const check = await imageCommand(['check', '--only', 'platform-gate', '--root', root]);
    expect(check).toMatchObject({ exit: 1, stdout: expect.stringContaining('config/platform-gate') });
    await imageCommand(['prepare', '--only', 'platform-gate', '--root', root]);
    expect(takenBy(root)).toBe(script);
    expect((await imageCommand(['check', '--only', 'platform-gate', '--root', root])).exit).toBe(0);
    expect(detectDistribution(openRoot(root))).toEqual(before);
  });
});

describe('a root that the platform knows', () => {
  it.each([
    ['Ubuntu', { '/etc/lsb-release': 'DISTRIB_ID=Ubuntu\n' }],
    ['Debian', { '/etc/debian_version': '12.5\n' }],
    ['Mint, which has both', { '/etc/lsb-release': 'DISTRIB_ID=LinuxMint\n', '/etc/debian_version': '12\n' }],
    ['Alpine', { '/etc/alpine-release': '3.20.1\n' }],
    ['SUSE 11', { '/etc/SuSE-release': 'SUSE\n' }],
    [
      'Fedora by relative links',
      {
        '/etc/redhat-release': '-> fedora-release',
        '/etc/fedora-release': '-> ../usr/lib/fedora-release',
        '/usr/lib/fedora-release': 'Fedora release 41\n',
      },
    ],
  ])('gets no other release file: %s', async (_name, tree) => {
    const root = temporaryRoot({ ...tree, '/etc/fstab': '' });
    expect(takenBy(root)).not.toBe('refused');
    expect((await imageCommand(['check', '--only', 'platform-gate', '--root', root])).exit).toBe(0);
  });
});

it.each(families)('boots when it is prepared: %s', async (_name, tree) => {
  const root = temporaryRoot(tree);
  await imageCommand(['prepare', '--root', root]);
  expect(takenBy(root)).not.toBe('refused');
});

it('a folder that the platform looks into does not lead out of the zone by an absolute link', async () => {
  const root = temporaryRoot({
    '/etc/redhat-release': 'CentOS release 6.10\n',
    '/etc/rc.d/init.d/network': '#!/bin/sh\n',
    '/etc/init.d': '-> /etc/rc.d/init.d',
    '/etc/selinux': '-> ../usr/share/selinux',
  });
  const check = await imageCommand(['check', '--only', 'platform-folders', '--root', root]);
  expect(check).toMatchObject({ exit: 1, stdout: expect.stringContaining('    /etc/init.d\n') });
  await imageCommand(['prepare', '--only', 'platform-folders', '--root', root]);
  expect(readlinkSync(join(root, 'etc/init.d'))).toBe('rc.d/init.d');
  expect(readlinkSync(join(root, 'etc/selinux'))).toBe('../usr/share/selinux');
});
