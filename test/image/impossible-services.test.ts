import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageCommand } from '../support/image.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { snapshot, withoutRecord } from '../support/roots/snapshot.ts';
import { packagedUnits } from '../support/roots/units.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

async function prepared(tree: Tree): Promise<string> {
  const root = temporaryRoot({ ...debianSystemd, ...tree });
  await imageCommand(['prepare', '--root', root]);
  return root;
}

const linkIn = (root: string, path: string) => {
  try {
    return readlinkSync(join(root, path));
  } catch {
    return undefined;
  }
};

describe('units that can never work in a zone', () => {
  it('are masked where the image has them, in whichever folder', async () => {
    const root = await prepared({
      ...packagedUnits('firewalld.service'),
      '/usr/local/lib/systemd/system/auditd.service': '',
    });
    expect(linkIn(root, 'etc/systemd/system/firewalld.service')).toBe('/dev/null');
    expect(linkIn(root, 'etc/systemd/system/auditd.service')).toBe('/dev/null');
    expect(linkIn(root, 'etc/systemd/system/snapd.service')).toBeUndefined();
  });

  it('stay where somebody has a unit of that name, or a drop-in for it', async () => {
    const own = '[Service]\nExecStart=/usr/sbin/chronyd -x\n';
    const root = await prepared({
      ...packagedUnits('chronyd.service firewalld.service ufw.service'),
      '/etc/systemd/system/chronyd.service': own,
      '/etc/systemd/system/firewalld.service.d/mine.conf': '[Unit]\n',
      '/etc/systemd/system/ufw.service': '-> /opt/ufw.service',
    });
    expect(readFileSync(join(root, 'etc/systemd/system/chronyd.service'), 'utf8')).toBe(own);
    expect(linkIn(root, 'etc/systemd/system/firewalld.service')).toBeUndefined();
    expect(linkIn(root, 'etc/systemd/system/ufw.service')).toBe('/opt/ufw.service');
  });
});

describe('drop-ins of earlier versions', () => {
  const sandboxOff =
    '[Service]\nPrivateTmp=no\nPrivateDevices=no\nPrivateNetwork=no\nProtectSystem=no\nProtectHome=no\nNoNewPrivileges=no\n';

  it('go, with the folders that were made for them', async () => {
    const upgraded = await prepared({
      '/etc/systemd/system/systemd-logind.service.d/override.conf': sandboxOff,
      '/etc/systemd/system/systemd-sysusers.service.d/override.conf': '[Service]\nLoadCredential=\n',
    });
    expect(withoutRecord(snapshot(upgraded))).toEqual(withoutRecord(snapshot(await prepared({}))));
  });

  it('stay where somebody has changed them, and what lies beside them stays', async () => {
    const root = await prepared({
      '/etc/systemd/system/systemd-logind.service.d/override.conf': `${sandboxOff}Nice=5\n`,
      '/etc/systemd/system/systemd-journald.service.d/override.conf': sandboxOff,
      '/etc/systemd/system/systemd-journald.service.d/mine.conf': '[Service]\n',
    });
    const paths = Object.keys(snapshot(root)).filter((path) => /\.service\.d\//.test(path));
    expect(paths.sort()).toEqual([
      '/etc/systemd/system/systemd-journald.service.d/mine.conf',
      '/etc/systemd/system/systemd-logind.service.d/override.conf',
    ]);
  });
});

describe('dbus-broker', () => {
  const broker: Tree = packagedUnits('dbus-broker.service');

  it('gives way to dbus-daemon, by whichever name its unit has', async () => {
    const fedora = await prepared({
      ...broker,
      ...packagedUnits('dbus-daemon.service'),
      '/usr/bin/dbus-daemon': '',
      '/etc/systemd/system/dbus.service': '-> /usr/lib/systemd/system/dbus-broker.service',
    });
    expect(linkIn(fedora, 'etc/systemd/system/dbus.service')).toBe(
      '/usr/lib/systemd/system/dbus-daemon.service',
    );
    const debian = await prepared({
      ...broker,
      ...packagedUnits('dbus.service'),
      '/usr/bin/dbus-daemon': '',
      '/etc/systemd/system/dbus.service': '-> /usr/lib/systemd/system/dbus-broker.service',
      '/usr/lib/systemd/user/dbus.service': '[Service]\n',
      '/etc/systemd/user/dbus.service': '-> /usr/lib/systemd/user/dbus-broker.service',
    });
    expect(linkIn(debian, 'etc/systemd/system/dbus.service')).toBe('/usr/lib/systemd/system/dbus.service');
    expect(linkIn(debian, 'etc/systemd/user/dbus.service')).toBe('/usr/lib/systemd/user/dbus.service');
  });

  it('stays where there is no dbus-daemon to take its place', async () => {
    const arch = await prepared({
      ...broker,
      '/usr/lib/systemd/system/dbus.service': '-> dbus-broker.service',
    });
    expect(linkIn(arch, 'etc/systemd/system/dbus.service')).toBeUndefined();
  });
});
