import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readImage } from '../../agent/image/prepare.ts';
import { zoneFindings } from '../../agent/image/zone-findings.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { imageCommand } from '../support/image.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { redhatSystemd } from '../support/roots/redhat.ts';
import { plant, type Tree, temporaryRoot } from '../support/temporary-root.ts';

const folder = '/usr/lib/systemd/system';
const wanted = '/etc/systemd/system/multi-user.target.wants';
const generator: Tree = {
  '/usr/lib/systemd/system-generators/lx-agent': '#!/bin/sh\n',
  '/usr/lib/lx-agent/kernel-probe': '',
};

function findings(tree: Tree, distribution: Tree = debianSystemd) {
  const root = temporaryRoot({ ...distribution, ...tree });
  for (const path of Object.keys(generator)) if (path in tree) chmodSync(join(root, path), 0o755);
  return zoneFindings(readImage(openRoot(root))).map(({ what, ...finding }) => ({
    ...finding,
    remedy: finding.remedy.replaceAll(root, '/ROOT'),
    what: what.map((line) => line.replace(`${folder}/`, '')),
  }));
}

describe('what a zone will not start', () => {
  it('is told for each service of an image without the agent, those that something starts first', () => {
    const told = findings({
      [`${folder}/a.service`]: '[Service]\nNoNewPrivileges=yes\n',
      [`${folder}/b.service`]: '[Service]\nUser=b\nSystemCallFilter=@system-service\nPrivateUsers=yes\n',
      [`${wanted}/b.service`]: `-> ${folder}/b.service`,
      [`${folder}/c@.service`]: '[Service]\nLoadCredential=a:/b\n',
      [`${wanted}/c@1.service`]: `-> ${folder}/c@.service`,
      [`${folder}/d.service`]: '[Service]\nBindPaths=/a\n',
      [`${wanted}/d.socket`]: `-> ${folder}/d.socket`,
    });
    expect(told.map(({ unit, note, what }) => [unit, note, ...what])).toEqual([
      ['b.service', false, 'b.service: SystemCallFilter=@system-service', 'b.service: PrivateUsers=yes'],
      ['c@.service', false, 'c@.service: LoadCredential=a:/b'],
      ['d.service', false, 'd.service: BindPaths=/a'],
      ['a.service', true, 'a.service: NoNewPrivileges=yes'],
    ]);
    expect(told[0]).toMatchObject({
      reason: 'the kernel refuses PR_SET_NO_NEW_PRIVS; the kernel has no user namespaces',
      remedy: 'lx-agent image install --root /ROOT (its generator turns it off for every service)',
    });
  });

  it('is nothing where the unit does not ask for it after all', () => {
    expect(
      findings({
        [`${folder}/a.service`]: '[Service]\nNoNewPrivileges=no\nPrivateUsers=false\nLoadCredential=\n',
        [`${folder}/b.service`]: '[Service]\nSystemCallFilter=@system-service\n#NoNewPrivileges=yes\n',
        [`${folder}/c.service`]: '[Service]\nUser=root\nLockPersonality=yes\nTimerSlackNSec=infinity\n',
        [`${folder}/d.service`]: '[Service]\nProtectControlGroups=yes\nProtectSystem=strict\n',
        [`${folder}/e.service`]: '[Service]\nNoNewPrivileges=yes\n',
        '/etc/systemd/system/e.service': '-> /dev/null',
      }),
    ).toEqual([]);
  });

  it('is told by the drop-in that has the last word', () => {
    const [told, ...others] = findings({
      [`${folder}/a.service`]: '[Service]\n',
      [`${folder}/a.service.d/50-x.conf`]: '[Service]\nPrivateUsers=yes\n',
      [`${folder}/b.service`]: '[Service]\nPrivateUsers=yes\n',
      '/etc/systemd/system/b.service.d/50-x.conf': '[Service]\nPrivateUsers=no\n',
    });
    expect(told?.what).toEqual(['a.service.d/50-x.conf: PrivateUsers=yes']);
    expect(others).toEqual([]);
  });
});

describe('with the generator', () => {
  it('nothing is left of what it takes back', () => {
    expect(
      findings({
        ...generator,
        [`${folder}/a.service`]: '[Service]\nNoNewPrivileges=yes\nImportCredential=*\n',
        [`${wanted}/a.service`]: `-> ${folder}/a.service`,
      }),
    ).toEqual([]);
  });

  it("the administrator's drop-in is named, for it wins", () => {
    const path = '/etc/systemd/system/a.service.d/mine.conf';
    const told = findings({
      ...generator,
      [`${folder}/a.service`]: '[Service]\n',
      [`${wanted}/a.service`]: `-> ${folder}/a.service`,
      [path]: '[Service]\nNoNewPrivileges=yes\n',
    });
    expect(told).toMatchObject([{ unit: 'a.service', remedy: `remove NoNewPrivileges= from ${path}` }]);
  });

  it.each(['/etc/lx-agent/generator.off', '/etc/systemd/system-generators/lx-agent'])(
    'what switches it off is named: %s',
    (path) => {
      const told = findings({
        ...generator,
        [path]: '-> /dev/null',
        [`${folder}/a.service`]: '[Service]\nNoNewPrivileges=yes\n',
      });
      expect(told).toMatchObject([{ remedy: `remove ${path}, which switches the generator off` }]);
    },
  );

  it('a user that systemd would make, and images, are named with what to do', () => {
    const told = findings({
      ...generator,
      [`${folder}/a.service`]: '[Service]\nDynamicUser=yes\nNoNewPrivileges=yes\n',
      [`${wanted}/a.service`]: `-> ${folder}/a.service`,
      [`${folder}/b.service`]: '[Service]\nMountImages=/a.raw:/b\n',
      [`${wanted}/b.service`]: `-> ${folder}/b.service`,
      [`${folder}/idle.service`]: '[Service]\nDynamicUser=yes\n',
    });
    expect(told.map(({ unit, note, what }) => [unit, note, ...what])).toEqual([
      ['a.service', false, 'a.service: DynamicUser=yes'],
      ['b.service', false, 'b.service: MountImages=/a.raw:/b'],
    ]);
    expect(told[0]?.remedy).toMatch(/useradd --system NAME.*systemctl edit a\.service/);
  });

  it('a service that starts without its capability is worth knowing, and no fault', async () => {
    const unit = '[Service]\nUser=a\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n';
    const tree = {
      ...generator,
      [`${folder}/a.service`]: unit,
      [`${wanted}/a.service`]: `-> ${folder}/a.service`,
    };
    expect(findings(tree)).toMatchObject([{ unit: 'a.service', note: true }]);
    const root = temporaryRoot({ ...debianSystemd, ...tree });
    for (const path of Object.keys(generator)) chmodSync(join(root, path), 0o755);
    const { exit, words } = await imageCommand(['check', '--only', 'zone-kernel', '--root', root]);
    expect(exit).toBe(0);
    expect(words.replaceAll(root, '/ROOT')).toBe(
      [
        'nothing is left to do in /ROOT (Debian GNU/Linux 12 (bookworm), systemd)',
        '',
        'worth knowing:',
        'services/zone-kernel: a.service does not get all it asks for',
        '    /usr/lib/systemd/system/a.service: AmbientCapabilities=CAP_NET_BIND_SERVICE',
        '  why: the kernel refuses PR_CAP_AMBIENT, so the service runs without the capability (lx_prctl.c)',
        '  remedy: give the service what it needs in another way: a port above 1023, a group, or User=root if it drops root itself',
        '',
      ].join('\n'),
    );
  });
});

describe('image check', () => {
  it('fails on an image without the agent, and passes once it is there', async () => {
    const root = temporaryRoot(debianSystemd);
    plant(root, {
      [`${folder}/a.service`]: '[Service]\nNoNewPrivileges=yes\n',
      [`${wanted}/a.service`]: `-> ${folder}/a.service`,
    });
    const check = async () => await imageCommand(['check', '--only', 'zone-kernel', '--root', root]);
    const before = await check();
    expect(before.exit).toBe(1);
    expect(before.stdout).toContain('services/zone-kernel: a.service does not start\n');
    await imageCommand(['install', '--root', root]);
    expect(await check()).toMatchObject({ exit: 0 });
  });

  it('names the service bus that cannot start, and the package to install', () => {
    const fedora = redhatSystemd('fedora', '41');
    expect(findings({}, fedora)).toEqual([]);
    const { '/usr/bin/dbus-daemon': _, ...without } = fedora;
    expect(findings({}, without)).toMatchObject([
      {
        unit: 'dbus-broker.service',
        note: false,
        remedy: expect.stringContaining('dnf install dbus-daemon'),
      },
    ]);
  });
});
