import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageCommand } from '../support/image.ts';
import { debianSystemd, devuanSysvinit, ubuntuUpstart } from '../support/roots/debian.ts';
import { voidLinux } from '../support/roots/others.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

/** A root that was prepared twice: the second time changes nothing. */
async function prepared(tree: Tree): Promise<string> {
  const root = temporaryRoot(tree);
  expect(await imageCommand(['prepare', '--root', root])).toMatchObject({ exit: 0, stderr: '' });
  const once = snapshot(root);
  await imageCommand(['prepare', '--root', root]);
  expect(snapshot(root)).toEqual(once);
  return root;
}
const text = (root: string, path: string) => readFileSync(join(root, path), 'utf8');
const there = (root: string, path: string) =>
  lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined;

describe('the input of user@.service', () => {
  const dropIn = '/etc/systemd/system/user@.service.d/lx-agent.conf';
  const withVersion = (name: string): Tree => ({ ...debianSystemd, [`/usr/lib/systemd/${name}`]: '' });

  it.each(['libsystemd-shared-245.so', 'libsystemd-shared-249.so', 'libsystemd-shared-249.7-2.fc35.so'])(
    'is an empty file with %s',
    async (name) => {
      const root = await prepared(withVersion(name));
      expect(text(root, dropIn)).toBe('[Service]\nStandardInput=file:/etc/systemd/null\n');
      expect(text(root, '/etc/systemd/null')).toBe('');
    },
  );

  it.each(['libsystemd-shared-244.so', 'libsystemd-shared-252.so'])('stays with %s', async (name) => {
    const root = await prepared(withVersion(name));
    expect(there(root, dropIn) || there(root, '/etc/systemd/null')).toBe(false);
  });

  it("leaves a builder's own drop-in beside it", async () => {
    const theirs = '/etc/systemd/system/user@.service.d/override.conf';
    const root = await prepared({
      ...withVersion('libsystemd-shared-249.so'),
      [theirs]: '[Service]\nCPUQuota=10%\n',
    });
    expect(text(root, theirs)).toBe('[Service]\nCPUQuota=10%\n');
  });
});

it("Void's kernel parameters are off, and its file stays as the package has it", async () => {
  const parameters = '/usr/lib/sysctl.d/10-void.conf';
  const root = await prepared({ ...voidLinux, [parameters]: 'kernel.core_uses_pid=1\n' });
  expect(readlinkSync(join(root, 'etc/sysctl.d/10-void.conf'))).toBe('/dev/null');
  expect(text(root, parameters)).toBe('kernel.core_uses_pid=1\n');
  expect(there(await prepared(voidLinux), '/etc/sysctl.d/10-void.conf')).toBe(false);
});

it('apt does not install makedev, unless somebody said otherwise', async () => {
  const pin = '/etc/apt/preferences.d/makedev';
  const root = await prepared({ ...debianSystemd, '/etc/apt/preferences.d': null });
  expect(text(root, pin)).toBe('Package: makedev\nPin: release *\nPin-Priority: -1\n');
  const theirs = await prepared({
    ...debianSystemd,
    [pin]: 'Package: makedev\nPin: release *\nPin-Priority: 500\n',
  });
  expect(text(theirs, pin)).toContain('500');
});

it("Devuan's elogind does not start, and check says that it is installed", async () => {
  const root = temporaryRoot({
    ...devuanSysvinit,
    '/etc/rc2.d/S02elogind': '-> ../init.d/elogind',
    '/usr/lib/elogind/elogind': '',
  });
  await imageCommand(['prepare', '--root', root]);
  expect(there(root, '/etc/rc2.d/S02elogind')).toBe(false);
  const check = await imageCommand(['check', '--root', root, '--only', 'elogind']);
  expect(check).toMatchObject({
    exit: 1,
    stdout: expect.stringContaining('elogind is installed'),
  });
});

describe('programs that a container build has diverted', () => {
  const database = '/var/lib/dpkg/diversions';
  const others = '/usr/bin/firefox\n/usr/bin/firefox.real\nfirefox-esr\n';
  const diverted: Tree = {
    ...ubuntuUpstart,
    '/usr/sbin/initctl': '#!/bin/sh\nexit 0\n',
    '/usr/sbin/initctl.distrib': 'ELF the real one\n',
    [database]: `/sbin/initctl\n/sbin/initctl.distrib\n:\n${others}`,
  };

  it('are themselves again, and dpkg knows it', async () => {
    const root = await prepared(diverted);
    expect(text(root, '/usr/sbin/initctl')).toBe('ELF the real one\n');
    expect(existsSync(join(root, '/usr/sbin/initctl.distrib'))).toBe(false);
    expect(text(root, database)).toBe(others);
  });

  it('that are not installed lose their stand-in', async () => {
    const { '/usr/sbin/initctl.distrib': _, ...without } = diverted;
    const root = await prepared({
      ...without,
      '/usr/sbin/init': '-> /lib/systemd/systemd',
      '/usr/lib/systemd/systemd': '',
    });
    expect(there(root, '/usr/sbin/initctl')).toBe(false);
    expect(text(root, database)).toBe(others);
  });

  it("stay diverted where a package did it, or where the program is somebody's affair", async () => {
    const theirs = '/sbin/initctl\n/sbin/initctl.upstart\nsystemd-sysv\n/usr/bin/vi\n/usr/bin/vi.real\n:\n';
    const root = await prepared({ ...debianSystemd, [database]: theirs });
    expect(text(root, database)).toBe(theirs);
  });
});

describe("a file of somebody else's at the place of one of ours", () => {
  const copies = (root: string) => {
    const folder = join(root, 'var/lib/lx-agent/backup');
    return existsSync(folder)
      ? readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
      : [];
  };

  it.each<readonly [name: string, tree: Tree, path: string]>([
    ['a job of Upstart', ubuntuUpstart, '/etc/init/udev.override'],
    ['a unit where a mask belongs', debianSystemd, '/etc/systemd/system/NetworkManager.service'],
    ['the search paths of the native linker', debianSystemd, '/var/ld/ld.config'],
  ])('is replaced, said so, and kept as a copy: %s', async (_name, tree, path) => {
    const root = temporaryRoot({ ...tree, [path]: 'theirs\n' });
    const { stdout } = await imageCommand(['prepare', '--root', root]);
    expect(stdout.replaceAll(/\n +/g, ' ')).toContain(`replaced: ${path}, which lx-agent did not write`);
    expect(copies(root)).toEqual(['theirs\n']);
    // The second time it is ours.
    await imageCommand(['prepare', '--root', root]);
    expect(copies(root)).toHaveLength(1);
  });

  it('is not kept where an image must not keep it, and not where only a part changes', async () => {
    const root = temporaryRoot({
      ...debianSystemd,
      '/var/log/auth.log': 'builder logged in\n',
      '/etc/fstab': '/dev/sda1 / ext4 defaults 0 1\n',
    });
    await imageCommand(['prepare', '--root', root]);
    expect(copies(root)).toEqual([]);
  });
});
