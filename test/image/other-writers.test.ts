import { chmodSync, existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { otherWriters } from '../../agent/image/other-writers.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { imageCommand } from '../support/image.ts';
import { debianSystemd, devuanSysvinit } from '../support/roots/debian.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const own = '/etc/systemd/system';
const service = (...commands: readonly string[]) =>
  `[Unit]\nAfter=network.target\n[Service]\nType=oneshot\n${commands.join('\n')}\n[Install]\nWantedBy=multi-user.target\n`;

/** The units of lx-images, as they do their work; their names are not what they are found by. */
const createHosts = service(
  'ExecStart=/bin/mv /etc/hosts.lx /etc/hosts',
  'ExecStart=/bin/sed -i s/HOSTNAME/%H/g /etc/hosts',
  'ExecStartPost=/bin/systemctl disable names.service',
);
const makeKeys = service('ExecStart=/usr/bin/ssh-keygen -A -v');

const enabled = (name: string, text: string, target = 'multi-user'): Tree => ({
  [`${own}/${name}`]: text,
  [`${own}/${target}.target.wants/${name}`]: `-> ${own}/${name}`,
});
const link = (name: string) => `${own}/multi-user.target.wants/${name}`;
const there = (root: string, path: string) =>
  lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined;

function writersOf(tree: Tree, ...executable: readonly string[]) {
  const root = temporaryRoot({ '/etc/fstab': '', ...tree });
  for (const path of executable) chmodSync(join(root, path), 0o755);
  return otherWriters(openRoot(root));
}

describe('a unit that writes what the agent writes', () => {
  it.each([
    ['moves a hosts file into place', createHosts, ['/etc/hosts']],
    ['makes host keys', makeKeys, ['SSH host keys']],
    ["removes Docker's mark", service('ExecStart=/bin/rm -f /.dockerenv'), ['/.dockerenv']],
    ['sets a name', service('ExecStart=/usr/bin/hostnamectl set-hostname web'), ['/etc/hostname']],
    ['sets the running name', service('ExecStart=-/bin/hostname -F /etc/hostname'), ['/etc/hostname']],
    [
      'writes by a shell',
      service(`ExecStart=/bin/sh -c 'echo "nameserver 192.0.2.1" > /etc/resolv.conf'`),
      ['/etc/resolv.conf'],
    ],
    [
      'links resolv.conf',
      service('ExecStart=/bin/ln -sf /run/net/resolv.conf /etc/resolv.conf'),
      ['/etc/resolv.conf'],
    ],
    ['makes a machine id', service('ExecStart=/usr/bin/systemd-machine-id-setup'), ['/etc/machine-id']],
    [
      'writes by tee over two lines',
      service(`ExecStart=/bin/bash -c 'hostname -I \\\n | tee -a /etc/hosts'`),
      ['/etc/hosts'],
    ],
  ])('%s: it is found, and can be switched off', (_name, text, writes) => {
    expect(writersOf(enabled('any.service', text))).toEqual([
      { path: `${own}/any.service`, writes, links: [link('any.service')] },
    ]);
  });

  it.each([
    ['reads the files', service('ExecStart=/bin/cp /etc/hosts /var/backups/hosts')],
    ['names a host to a program', service('ExecStart=/usr/bin/agent --hostname web --hosts /etc/hosts')],
    ['writes another file', service('ExecStart=/bin/mv /etc/hosts.new /etc/hosts.allow')],
    ['took its command back', service('ExecStart=/bin/rm /etc/hosts', 'ExecStart=')],
  ])('%s: it is none', (_name, text) => {
    expect(writersOf(enabled('any.service', text))).toEqual([]);
  });

  it('is nobody to be afraid of when nothing starts it', () => {
    expect(writersOf({ [`${own}/any.service`]: createHosts })).toEqual([]);
  });

  it('is left to the builder when it does other things, too', () => {
    const text = service('ExecStart=/bin/rm -f /.dockerenv', 'ExecStart=/usr/bin/acme-register');
    expect(writersOf(enabled('any.service', text))).toMatchObject([{ writes: ['/.dockerenv'], links: [] }]);
  });

  it('is left to the builder when a script of its own does it', () => {
    const tree = {
      ...enabled('any.service', service('ExecStart=/usr/local/bin/first-boot start')),
      '/usr/local/bin/first-boot':
        '#!/bin/sh\n# sets up\nacme-register\nsed -i "s/x/$(hostname)/" /etc/hosts\n',
    };
    expect(writersOf(tree)).toMatchObject([{ writes: ['/etc/hosts'], links: [] }]);
  });

  it("of a package's own is known to come in time", () => {
    const tree = {
      '/usr/lib/systemd/system/sshd-keygen@.service': makeKeys,
      '/usr/lib/systemd/system/systemd-machine-id-commit.service': service(
        'ExecStart=systemd-machine-id-setup',
      ),
      [`${own}/multi-user.target.wants/sshd-keygen@.service`]:
        '-> /usr/lib/systemd/system/sshd-keygen@.service',
    };
    expect(writersOf(tree)).toEqual([]);
  });
});

it.each([
  ['/etc/rc.local', '#!/bin/sh\n/bin/hostname "$(mdata-get sdc:hostname)"\n', ['/etc/hostname']],
  [
    '/etc/local.d/net.start',
    '#!/bin/sh\necho nameserver 192.0.2.1 >/etc/resolv.conf\n',
    ['/etc/resolv.conf'],
  ],
])('%s that does it is found', (path, text, writes) => {
  expect(writersOf({ [path]: text }, path)).toEqual([{ path, writes, links: [] }]);
  // Not executable: its owner has switched it off.
  expect(writersOf({ [path]: text })).toEqual([]);
});

describe('a script that init starts by a link', () => {
  const setName =
    '#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\ncase "$1" in start) hostname image ;; esac\n';
  const writer = { path: '/etc/init.d/set-name', writes: ['/etc/hostname'], links: [] };

  it.each([
    ['/etc/rcS.d/S10set-name', '../init.d/set-name'],
    ['/etc/rc2.d/S03set-name', '../init.d/set-name'],
    ['/etc/runlevels/default/set-name', '/etc/init.d/set-name'],
  ])('%s: it is found, each once', (path, target) => {
    const tree = { '/etc/init.d/set-name': setName, [path]: `-> ${target}` };
    expect(writersOf({ ...tree, '/etc/rc5.d/S03set-name': '-> ../init.d/set-name' })).toEqual([writer]);
  });

  it("is found where Red Hat's rc looks", () => {
    const tree = {
      '/etc/rc.d/init.d/set-name': setName,
      '/etc/rc.d/rc3.d/S20set-name': '-> ../init.d/set-name',
    };
    expect(writersOf(tree)).toEqual([{ ...writer, path: '/etc/rc.d/init.d/set-name' }]);
  });

  it.each([
    [
      'is only stopped',
      { '/etc/init.d/set-name': setName, '/etc/rc2.d/K01set-name': '-> ../init.d/set-name' },
    ],
    ['is linked by nothing', { '/etc/init.d/set-name': setName }],
    [
      "is a package's that names the machine by /etc/hostname",
      {
        '/etc/init.d/hostname.sh': '#!/bin/sh\nhostname -F /etc/hostname\n',
        '/etc/rcS.d/S01hostname.sh': '-> ../init.d/hostname.sh',
      },
    ],
    ['is not there', { '/etc/rc2.d/S03set-name': '-> ../init.d/set-name' }],
  ])('is nobody to be afraid of when it %s', (_name, tree) => {
    expect(writersOf(tree)).toEqual([]);
  });

  it('is named by check, and left to the builder', async () => {
    const root = temporaryRoot({
      ...devuanSysvinit,
      '/etc/init.d/set-name': setName,
      '/etc/rc2.d/S03set-name': '-> ../init.d/set-name',
    });
    const { exit, stdout } = await imageCommand(['check', '--only', 'other-writers', '--root', root]);
    expect(exit).toBe(1);
    expect(stdout).toContain('/etc/init.d/set-name writes /etc/hostname');
  });
});

describe('the image commands', () => {
  const image: Tree = {
    ...debianSystemd,
    ...enabled('create_hosts_file.service', createHosts),
    ...enabled('regenerate_ssh_host_keys.service', makeKeys),
    '/etc/hosts.lx': '127.0.0.1 localhost\n127.0.1.1 HOSTNAME\n',
  };

  it('install switches them off, check finds nothing, and uninstall puts them back', async () => {
    const root = temporaryRoot(image);
    const before = snapshot(root);
    await imageCommand(['install', '--root', root]);
    expect(there(root, link('create_hosts_file.service'))).toBe(false);
    expect(there(root, link('regenerate_ssh_host_keys.service'))).toBe(false);
    expect((await imageCommand(['check', '--only', 'other-writers', '--root', root])).exit).toBe(0);
    await imageCommand(['uninstall', '--root', root]);
    expect(snapshot(root)).toEqual(before);
  });

  it('check names one that came later, and prepare switches it off', async () => {
    const root = temporaryRoot(image);
    const found = await imageCommand(['check', '--only', 'other-writers', '--root', root]);
    expect(found).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining(link('create_hosts_file.service')),
    });
    await imageCommand(['prepare', '--root', root]);
    expect(there(root, link('create_hosts_file.service'))).toBe(false);
    expect(existsSync(join(root, own, 'create_hosts_file.service'))).toBe(true);
  });

  it('prepare leaves host keys to their unit as long as there is no agent that makes them', async () => {
    const root = temporaryRoot(image);
    await imageCommand(['prepare', '--root', root]);
    expect(there(root, link('regenerate_ssh_host_keys.service'))).toBe(true);
    await imageCommand(['install', '--root', root]);
    expect(there(root, link('regenerate_ssh_host_keys.service'))).toBe(false);
  });

  it('check names what only the builder can decide, and says how to keep it', async () => {
    const root = temporaryRoot({ ...image, '/etc/rc.local': '#!/bin/sh\nhostname web\n' });
    chmodSync(join(root, 'etc/rc.local'), 0o755);
    await imageCommand(['install', '--root', root]);
    await imageCommand(['prepare', '--root', root]);
    const { exit, words } = await imageCommand(['check', '--root', root]);
    expect(exit).toBe(1);
    expect(words).toContain('/etc/rc.local writes /etc/hostname');
    expect(words).toContain('(to keep it: --skip other-writers)');
    expect((await imageCommand(['check', '--skip', 'other-writers', '--root', root])).exit).toBe(0);
  });
});

describe('cloud-init in an image', () => {
  const program = '/usr/bin/cloud-init';
  const check = async (tree: Tree) => {
    const root = temporaryRoot({ ...debianSystemd, [program]: '#!/usr/bin/python3\n', ...tree });
    chmodSync(join(root, program), 0o755);
    return await imageCommand(['check', '--only', 'cloud-init', '--root', root]);
  };

  it.each([
    ['without a list of data sources', {}],
    [
      'that looks for SmartOS',
      { '/etc/cloud/cloud.cfg.d/90_dpkg.cfg': 'datasource_list: [ NoCloud, SmartOS, None ]\n' },
    ],
    ['whose list is a block', { '/etc/cloud/cloud.cfg': 'datasource_list:\n  - SmartOS\n  - None\n' }],
  ])('is a finding: %s', async (_name, tree) => {
    const { exit, words } = await check(tree);
    expect(exit).toBe(1);
    expect(words).toContain('runs the user-script and the operator-script too');
    expect(words).toContain('touch /etc/cloud/cloud-init.disabled');
  });

  it.each([
    ['is disabled', { '/etc/cloud/cloud-init.disabled': '' }],
    ['is masked', { [`${own}/cloud-init.service`]: '-> /dev/null' }],
    [
      'looks elsewhere, by the last of its files',
      {
        '/etc/cloud/cloud.cfg': 'datasource_list: [ SmartOS ]\n',
        '/etc/cloud/cloud.cfg.d/99.cfg': 'datasource_list: [ NoCloud ]\n',
      },
    ],
  ])('is none where it %s', async (_name, tree) => {
    expect((await check(tree)).exit).toBe(0);
  });
});
