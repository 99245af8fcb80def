import { expect, it } from 'vitest';
import { chooseRenderer } from '../../agent/network/choose.ts';
import { defaultConfiguration } from '../../agent/system/configuration.ts';
import type { Distribution } from '../../agent/system/distribution.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import type { Tree } from '../support/temporary-root.ts';

const wants = '/etc/systemd/system/multi-user.target.wants';
const networkdInstalled = { '/usr/lib/systemd/systemd-networkd': '' };
const networkdEnabled = {
  ...networkdInstalled,
  [`${wants}/systemd-networkd.service`]: '-> /usr/lib/systemd/system/systemd-networkd.service',
};
const ifupdown = { '/sbin/ifup': '', '/etc/network': null };
const networkManager = { '/usr/sbin/NetworkManager': '' };

const on = (family: Distribution['family'], tree: Tree) =>
  scratchSystem(tree, { distribution: { family, id: family, version: '', name: family } });

it.each<[string, string | undefined, Distribution['family'], Tree]>([
  ['Ubuntu', 'netplan', 'debian', { ...networkdEnabled, '/usr/sbin/netplan': '' }],
  ['Debian', 'ifupdown', 'debian', { ...ifupdown, ...networkdInstalled }],
  [
    'Debian with both enabled',
    'ifupdown',
    'debian',
    { ...ifupdown, ...networkdEnabled, [`${wants}/networking.service`]: '-> x' },
  ],
  ['Debian with networkd in place of ifupdown', 'networkd', 'debian', { ...ifupdown, ...networkdEnabled }],
  [
    'Debian with a masked networkd',
    'ifupdown',
    'debian',
    { ...ifupdown, ...networkdEnabled, '/etc/systemd/system/systemd-networkd.service': '-> /dev/null' },
  ],
  ['Alpine', 'ifupdown', 'alpine', ifupdown],
  ['Arch', 'networkd', 'arch', networkdInstalled],
  ['Arch with NetworkManager', 'networkmanager', 'arch', { ...networkdInstalled, ...networkManager }],
  ['Fedora', 'networkmanager', 'redhat', networkManager],
  ['RHEL 9', 'networkmanager', 'redhat', { ...networkManager, '/etc/sysconfig/network-scripts': null }],
  [
    'CentOS 7',
    'ifcfg',
    'redhat',
    { ...networkManager, '/etc/sysconfig/network-scripts': null, '/etc/rc.d/init.d/network': '' },
  ],
  ['Amazon Linux 2023', 'networkd', 'redhat', networkdEnabled],
  ['openSUSE Leap', 'suse', 'suse', { '/usr/sbin/wicked': '' }],
  ['openSUSE Tumbleweed', 'networkmanager', 'suse', networkManager],
  ['Gentoo', 'netifrc', 'gentoo', {}],
  ['Gentoo with systemd', 'networkd', 'gentoo', networkdEnabled],
  ['Void', 'void', 'void', {}],
  ['nothing', undefined, 'unknown', {}],
])('%s: %s', (_, expected, family, tree) => {
  expect(chooseRenderer(on(family, tree))).toBe(expected);
});

it.each([
  ['networkd', 'networkd'],
  ['none', undefined],
] as const)('%s, when the configuration says so', (renderer, expected) => {
  const system = on('debian', ifupdown);
  const configuration = { ...defaultConfiguration, network: { renderer, policy: 'auto' } } as const;
  expect(chooseRenderer({ ...system, configuration })).toBe(expected);
});
