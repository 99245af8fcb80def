import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rulesAtBoot } from '../../agent/before-init/lay-down.ts';
import { planPreparation, readImage } from '../../agent/image/prepare.ts';
import { cleanRules } from '../../agent/image/rules/clean.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { imageCommand } from '../support/image.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const base: Tree = { '/etc/os-release': 'ID=debian\n', '/lib/systemd/systemd': '' };

/** What goes by each rule, and what is beside it and stays. */
const cleaned: Readonly<Record<string, { goes: readonly string[]; stays: readonly string[] }>> = {
  'host-keys': {
    goes: [
      '/etc/ssh/ssh_host_ed25519_key',
      '/etc/ssh/ssh_host_rsa_key.pub',
      '/usr/local/etc/ssh/ssh_host_rsa_key',
      '/etc/dropbear/dropbear_ed25519_host_key',
      '/etc/dropbear/dropbear_rsa_host_key.pub',
      '/etc/tinyssh/sshkeydir/ed25519.pk',
      '/etc/tinyssh/sshkeydir/.ed25519.sk',
    ],
    stays: ['/etc/ssh/sshd_config', '/etc/ssh/moduli', '/etc/dropbear/banner'],
  },
  'random-seed': {
    goes: [
      '/var/lib/systemd/random-seed',
      '/var/lib/urandom/random-seed',
      '/var/lib/random-seed',
      '/var/lib/misc/random-seed',
      '/var/lib/seedrng/seed.credit',
      '/var/lib/seedrng/seed.no-credit',
    ],
    stays: ['/var/lib/misc/statoverride'],
  },
  identities: {
    goes: [
      '/etc/hostid',
      '/etc/nvme/hostnqn',
      '/etc/iscsi/initiatorname.iscsi',
      '/etc/dhcpcd.duid',
      '/var/lib/dhcpcd/duid',
      '/var/lib/wicked/duid.xml',
      '/var/lib/zerotier-one/identity.secret',
      '/etc/salt/minion_id',
    ],
    stays: ['/etc/iscsi/iscsid.conf', '/etc/salt/minion'],
  },
  'instance-secrets': {
    goes: [
      '/var/lib/systemd/credential.secret',
      '/var/lib/NetworkManager/secret_key',
      '/etc/dhcpcd.secret',
      '/etc/docker/key.json',
      '/etc/pki/tls/private/localhost.key',
      '/etc/cockpit/ws-certs.d/0-self-signed.cert',
    ],
    stays: [
      '/etc/docker/daemon.json',
      '/etc/pki/tls/certs/ca-bundle.crt',
      '/etc/cockpit/ws-certs.d/50-ours.cert',
    ],
  },
  enrolments: {
    goes: [
      '/etc/krb5.keytab',
      '/etc/salt/pki/minion/minion.pem',
      '/etc/puppetlabs/puppet/ssl/private_keys/web.pem',
      '/etc/chef/client.pem',
      '/etc/pki/consumer/key.pem',
      '/etc/sysconfig/rhn/systemid',
      '/var/lib/samba/private/secrets.tdb',
    ],
    stays: ['/etc/krb5.conf', '/etc/puppetlabs/puppet/puppet.conf', '/etc/chef/client.rb'],
  },
  'account-backups': {
    goes: ['/etc/passwd-', '/etc/group-', '/etc/shadow-', '/etc/gshadow-', '/etc/subuid-'],
    stays: ['/etc/passwd', '/etc/group', '/etc/gshadow', '/etc/subuid'],
  },
  leases: {
    goes: [
      '/var/lib/dhcp/dhclient.eth0.leases',
      '/var/lib/dhclient/dhclient--eth0.lease',
      '/var/lib/dhcpcd/eth0.lease',
      '/var/lib/NetworkManager/internal-1b2c-eth0.lease',
      '/var/lib/NetworkManager/timestamps',
      '/var/lib/wicked/lease-eth0-dhcp-ipv4.xml',
    ],
    stays: ['/etc/dhcp/dhclient.conf', '/var/lib/NetworkManager/NetworkManager.state'],
  },
  'nic-rules': {
    goes: [
      '/etc/udev/rules.d/70-persistent-net.rules',
      '/etc/udev/rules.d/75-persistent-net-generator.rules',
    ],
    stays: ['/etc/udev/rules.d/60-ours.rules'],
  },
  'installer-network': {
    goes: [
      '/etc/netplan/00-installer-config.yaml',
      '/etc/netplan/50-cloud-init.yaml',
      '/etc/network/interfaces.d/50-cloud-init',
      '/etc/systemd/network/10-cloud-init-eth0.network',
      '/etc/sysconfig/network-scripts/ifcfg-eth0',
      '/etc/sysconfig/network-scripts/ifcfg-ens3',
      '/etc/sysconfig/network-scripts/route-eth0',
      '/etc/sysconfig/network/ifcfg-eth0',
      '/etc/NetworkManager/system-connections/Wired connection 1',
    ],
    stays: [
      '/etc/sysconfig/network-scripts/ifcfg-lo',
      '/etc/sysconfig/network-scripts/ifup-eth',
      '/etc/sysconfig/network/ifcfg-lo',
      '/etc/sysconfig/network/ifcfg.template',
      '/etc/NetworkManager/system-connections/lx-agent-eth0.nmconnection',
    ],
  },
  'root-keys': {
    goes: [
      '/root/.ssh/authorized_keys',
      '/root/.bash_history',
      '/root/.python_history',
      '/root/.lesshst',
      '/home/builder/.ssh/id_ed25519',
      '/home/builder/.zsh_history',
      '/home/builder/.cache/pip/http',
    ],
    stays: ['/root/.bashrc', '/home/builder/.profile'],
  },
  records: {
    goes: [
      '/var/lib/logrotate/status',
      '/var/lib/systemd/timers/stamp-apt-daily.timer',
      '/var/lib/systemd/coredump/core.sshd.zst',
      '/var/crash/_usr_bin_x.0.crash',
      '/var/lib/wtmpdb/wtmp.db',
      '/etc/lvm/backup/vg0',
    ],
    stays: ['/etc/lvm/lvm.conf', '/etc/logrotate.conf'],
  },
  'agent-records': {
    goes: [
      '/var/lib/lx-agent/state.json',
      '/var/lib/lx-agent/metadata.json',
      '/var/lib/lx-agent/report-early.json',
      '/var/lib/lx-agent/report-run-20261126T120000000Z.json',
      '/var/svc/mdata-user-script',
      '/var/svc/provision_success',
      '/var/db/mdata-user-data',
    ],
    stays: ['/var/lib/lx-agent/image-backup/0a', '/var/db/other', '/var/svc/other'],
  },
  'installer-records': { goes: ['/root/anaconda-ks.cfg', '/root/install.log'], stays: ['/root/notes'] },
  'cloud-init-state': {
    goes: [
      '/var/lib/cloud/instances/i-1/user-data.txt',
      '/var/lib/cloud/data/instance-id',
      '/var/lib/cloud/sem/x',
    ],
    stays: ['/var/lib/cloud/seed/nocloud/user-data', '/etc/cloud/cloud.cfg'],
  },
  caches: {
    goes: [
      '/var/cache/apt/archives/bash_5.2_amd64.deb',
      '/var/cache/apt/pkgcache.bin',
      '/var/cache/dnf/fedora/repodata/primary.xml',
      '/var/cache/apk/APKINDEX.tar.gz',
      '/var/cache/pacman/pkg/bash.pkg.tar.zst',
    ],
    stays: ['/var/lib/apt/lists/deb.debian.org_InRelease', '/var/cache/debconf/config.dat'],
  },
  spools: {
    goes: [
      '/var/mail/root',
      '/var/spool/postfix/deferred/A/AB12',
      '/var/spool/cron/atjobs/a0001',
      '/var/spool/cups/c1',
    ],
    stays: ['/var/spool/cron/crontabs/root', '/var/spool/cron/atjobs/.SEQ', '/var/spool/postfix/etc/hosts'],
  },
  'temporary-files': {
    goes: ['/tmp/build/x', '/tmp/.hidden', '/var/tmp/dnf-cache/x'],
    stays: ['/var/lib/tmp'],
  },
  'docker-mark': { goes: ['/.dockerenv', '/run/.containerenv'], stays: [] },
};

const plantOf = (paths: readonly string[]): Tree =>
  Object.fromEntries(paths.map((path) => [path, 'InitiatorName=iqn.1993-08.org.debian:01:ab\n']));

describe.each(Object.entries(cleaned))('the rule %s', (id, { goes, stays }) => {
  it('takes away what belongs to the machine of the build, and nothing beside it', async () => {
    const root = temporaryRoot({ ...base, ...plantOf([...goes, ...stays]) });
    const check = await imageCommand(['check', '--only', id, '--root', root]);
    expect(check.exit).toBe(1);
    // A folder stands for what is in it.
    for (const path of goes)
      expect(
        check.stdout.split('\n').some((line) => line !== '' && `${path}/`.startsWith(`${line.trim()}/`)),
        path,
      ).toBe(true);
    expect((await imageCommand(['prepare', '--only', id, '--root', root])).exit).toBe(0);
    expect(goes.filter((path) => existsSync(join(root, path)))).toEqual([]);
    expect(stays.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const once = snapshot(root);
    await imageCommand(['prepare', '--only', id, '--root', root]);
    expect(snapshot(root)).toEqual(once);
    expect((await imageCommand(['check', '--only', id, '--root', root])).exit).toBe(0);
  });
});

it('each rule is tried here, or decides nothing by itself', () => {
  const elsewhere = ['machine-id', 'logs', 'start-policy'];
  const removing = cleanRules.filter(({ wants }) => typeof wants === 'function' || wants.length > 0);
  expect(
    removing
      .map(({ id }) => id)
      .filter((id) => !elsewhere.includes(id))
      .sort(),
  ).toEqual(Object.keys(cleaned).sort());
});

it('nothing of it is done to a machine that is in use, when the platform carries the agent', () => {
  expect(rulesAtBoot.filter(({ category }) => category === 'clean')).toEqual([]);
});

it("has Debian's iSCSI service make a name of its own", async () => {
  const path = '/etc/iscsi/initiatorname.iscsi';
  const root = temporaryRoot({
    ...base,
    '/lib/open-iscsi/startup-checks.sh': '#!/bin/sh\n',
    [path]: 'InitiatorName=iqn.1993-08.org.debian:01:ab\n',
  });
  await imageCommand(['prepare', '--only', 'identities', '--root', root]);
  expect(readFileSync(join(root, path), 'utf8')).toBe('GenerateName=yes\n');
});

it('empties old password hashes and keeps their file', async () => {
  const root = temporaryRoot({ ...base, '/etc/security/opasswd': 'root:0:1:$6$old\n' });
  await imageCommand(['prepare', '--only', 'account-backups', '--root', root]);
  expect(readFileSync(join(root, 'etc/security/opasswd'), 'utf8')).toBe('');
});

it.each([
  ['of a build', '#!/bin/sh\nexit 101\n', false],
  ['of a build, with a comment', '#!/bin/sh\n\n# no services in docker build\nexit 101 # never\n', false],
  ['that decides', '#!/bin/sh\n[ "$1" = ssh ] && exit 0\nexit 101\n', true],
])('a policy-rc.d %s', async (_name, text, stays) => {
  const path = '/usr/sbin/policy-rc.d';
  const root = temporaryRoot({ ...base, [path]: text });
  await imageCommand(['prepare', '--only', 'start-policy', '--root', root]);
  expect(existsSync(join(root, path))).toBe(stays);
});

describe('what only the builder can decide is named, and left', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n';
  it.each<readonly [rule: string, name: string, tree: Tree, said: string]>([
    [
      'private-keys',
      "Debian's snakeoil",
      { '/etc/ssl/private/ssl-cert-snakeoil.key': key },
      '/etc/ssl/private/ssl-cert-snakeoil.key',
    ],
    [
      'private-keys',
      'WireGuard',
      { '/etc/wireguard/wg0.conf': '[Interface]\nPrivateKey = abc\n' },
      '/etc/wireguard/wg0.conf',
    ],
    [
      'private-keys',
      'rndc',
      { '/etc/bind/rndc.key': 'key "rndc-key" {\n\tsecret "abc";\n};\n' },
      '/etc/bind/rndc.key',
    ],
    ['credentials', 'Docker', { '/root/.docker/config.json': '{}' }, '/root/.docker/config.json'],
    ['credentials', 'a user', { '/home/builder/.netrc': 'machine x\n' }, '/home/builder/.netrc'],
    ['passwords', 'a hash', { '/etc/shadow': 'root:$6$a$b:1::::::\nbin:*:1::::::\n' }, 'root has a password'],
    ['passwords', 'none at all', { '/etc/shadow': 'root::1::::::\n' }, 'root has an empty password'],
    [
      'network-files',
      'DHCP by ifupdown',
      { '/etc/network/interfaces': 'auto lo\niface lo inet loopback\niface eth0 inet dhcp\n' },
      '/etc/network/interfaces configures',
    ],
    [
      'network-files',
      'DHCP by networkd',
      { '/etc/systemd/network/20-wired.network': '[Match]\nName=en*\n[Network]\nDHCP=yes\n' },
      '/etc/systemd/network/20-wired.network',
    ],
    [
      'network-files',
      'a name by MAC address',
      { '/etc/systemd/network/70.link': '[Match]\nMACAddress=02:00:00:00:00:01\n' },
      '/etc/systemd/network/70.link',
    ],
  ])('%s: %s', async (rule, _name, tree, said) => {
    const root = temporaryRoot({ ...base, ...tree });
    const before = snapshot(root);
    const { exit, words } = await imageCommand(['check', '--only', rule, '--root', root]);
    expect(exit).toBe(1);
    expect(words).toContain(said);
    expect(words).toContain(`(to keep it: --skip ${rule})`);
    await imageCommand(['prepare', '--only', rule, '--root', root]);
    const own = /^\/(usr|var)(\/lib(\/lx-agent(\/(manifest|prepare\.json))?)?)?$/;
    const after = Object.entries(snapshot(root)).filter(([path]) => path in before || !own.test(path));
    expect(Object.fromEntries(after)).toEqual(before);
  });

  it.each<readonly [rule: string, name: string, tree: Tree]>([
    [
      'private-keys',
      'a public certificate',
      { '/etc/ssl/private/ours.pem': '-----BEGIN CERTIFICATE-----\n' },
    ],
    ['passwords', 'locked accounts', { '/etc/shadow': 'root:!$6$a:1::::::\nbin:*:1::::::\nx:!!:1::::::\n' }],
    [
      'network-files',
      'what the platform writes',
      { '/etc/network/interfaces': 'iface lo inet manual\niface eth0 inet manual\n' },
    ],
    [
      'network-files',
      "the agent's own",
      { '/etc/network/interfaces.d/lx-agent': 'iface eth0 inet static\n' },
    ],
  ])('%s: not %s', async (rule, _name, tree) => {
    const root = temporaryRoot({ ...base, ...tree });
    expect((await imageCommand(['check', '--only', rule, '--root', root])).exit).toBe(0);
  });
});

describe('in the container of a build', () => {
  /** Mounts as Buildah makes them, in the form of proc(5). */
  const mounts = ['/run/.containerenv', '/tmp/src', '/var/cache/apt'].map(
    (point, index) => `${900 + index} 899 8:1 /somewhere ${point} rw,relatime - ext4 /dev/sda1 rw\n`,
  );
  const tree: Tree = {
    ...base,
    '/proc/self/mountinfo': `899 1 8:1 / / rw - ext4 /dev/sda1 rw\n${mounts.join('')}`,
    '/run/.containerenv': 'engine="buildah"\n',
    '/tmp/src/app.ts': '',
    '/tmp/left': '',
    '/.dockerenv': '',
  };

  it('what the build tool has mounted stays, for it cannot be removed', () => {
    const root = { ...openRoot(temporaryRoot(tree)), live: true };
    const plans = planPreparation(readImage(root), cleanRules);
    const removed = plans.flatMap(({ settled }) =>
      settled.flatMap(({ result, change }) =>
        result === 'wanted' && change.kind === 'absent' ? [change.path] : [],
      ),
    );
    expect(removed.sort()).toEqual(['/.dockerenv', '/tmp/left']);
  });
});
