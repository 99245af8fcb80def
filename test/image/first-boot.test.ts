import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageCommand } from '../support/image.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { alpine } from '../support/roots/others.ts';
import { centos6 } from '../support/roots/redhat.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const units = '/usr/lib/systemd/system';
const own = '/etc/systemd/system';

/** A root once it is prepared, of which check finds nothing left, and which a second run leaves as it is. */
async function prepared(tree: Tree): Promise<(path: string) => string | undefined> {
  const root = temporaryRoot(tree);
  await imageCommand(['prepare', '--root', root]);
  expect((await imageCommand(['prepare', '--root', root])).stdout).toMatch(/^already prepared/);
  expect((await imageCommand(['check', '--skip', 'agent', '--root', root])).stdout).toMatch(
    /^nothing is left/,
  );
  return (path) => {
    const entry = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (entry === undefined) return undefined;
    return entry.isSymbolicLink() ? 'a link' : readFileSync(join(root, path), 'utf8');
  };
}

describe('a machine-id of a systemd root', () => {
  it.each([
    ['is missing', { '/etc/machine-id': null }],
    ["is a builder's", { '/etc/machine-id': '0123456789abcdef0123456789abcdef\n' }],
    ['is uninitialized, which means a first boot', { '/etc/machine-id': 'uninitialized\n' }],
    ['is empty', { '/etc/machine-id': '' }],
  ])('is there and empty after preparing, when it %s', async (_name, tree) => {
    const { '/etc/machine-id': _, '/var/lib/dbus/machine-id': __, ...without } = debianSystemd;
    const text = tree['/etc/machine-id'];
    const file = await prepared(text === null ? without : { ...without, '/etc/machine-id': text });
    expect(file('/etc/machine-id')).toBe('');
  });

  it('is not made where no systemd is there to fill it', async () => {
    expect((await prepared(alpine))('/etc/machine-id')).toBeUndefined();
  });
});

describe('what asks on the console at a first boot is off', () => {
  const wizards: readonly (readonly [name: string, unit: string, text: string])[] = [
    [
      'systemd',
      'systemd-firstboot.service',
      '[Unit]\nConditionFirstBoot=yes\n[Service]\nType=oneshot\nStandardInput=tty\n',
    ],
    ['systemd-homed', 'systemd-homed-firstboot.service', '[Service]\nType=oneshot\nStandardInput=tty\n'],
    [
      "Fedora's",
      'initial-setup.service',
      '[Service]\nType=oneshot\nExecStart=/usr/libexec/initial-setup/run-initial-setup\nStandardInput=tty\n',
    ],
    ["SUSE's", 'jeos-firstboot.service', '[Service]\nType=oneshot\nExecStart=/usr/sbin/jeos-firstboot\n'],
    [
      "YaST's",
      'YaST2-Firstboot.service',
      '[Service]\nType=oneshot\nExecStart=/usr/lib/YaST2/startup/Firstboot-Stage\n',
    ],
    [
      "somebody's, found by what it does",
      'acme-welcome.service',
      '[Service]\nType=oneshot\nExecStart=/usr/bin/acme-ask\nStandardInput=tty-force\nTTYPath=/dev/console\n',
    ],
  ];

  it.each(wizards)('%s wizard', async (_name, unit, text) => {
    const file = await prepared({ ...debianSystemd, [`${units}/${unit}`]: text });
    expect(file(`${own}/${unit}`)).toBe('a link');
  });

  it("a builder's own unit loses what enables it, and stays", async () => {
    const text = '[Service]\nType=oneshot\nStandardInput=tty\n[Install]\nWantedBy=multi-user.target\n';
    const file = await prepared({
      ...debianSystemd,
      [`${own}/ask-me.service`]: text,
      [`${own}/multi-user.target.wants/ask-me.service`]: '-> ../ask-me.service',
    });
    expect(file(`${own}/ask-me.service`)).toBe(text);
    expect(file(`${own}/multi-user.target.wants/ask-me.service`)).toBeUndefined();
  });

  it.each([
    ['a login', 'getty@.service', '[Service]\nType=idle\nStandardInput=tty\n'],
    ['a rescue shell', 'emergency.service', '[Service]\nType=idle\nStandardInput=tty-force\n'],
    ['a service that reads nothing', 'sshd.service', '[Service]\nType=oneshot\nStandardInput=null\n'],
    [
      'one that took its terminal back',
      'one.service',
      '[Service]\nType=oneshot\nStandardInput=tty\nStandardInput=\n',
    ],
  ])('%s is not', async (_name, unit, text) => {
    const file = await prepared({ ...debianSystemd, [`${units}/${unit}`]: text });
    expect(file(`${own}/${unit}`)).toBeUndefined();
  });

  it("Red Hat 6's", async () => {
    const file = await prepared({
      ...centos6,
      '/.unconfigured': '',
      '/etc/reconfigSys': '',
      '/etc/rc.d/rc3.d/S99firstboot': '-> ../init.d/firstboot',
    });
    expect(['/.unconfigured', '/etc/reconfigSys', '/etc/rc.d/rc3.d/S99firstboot'].map(file)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
