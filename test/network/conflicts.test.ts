import { expect, it } from 'vitest';
import { loadRenderer } from '../../agent/network/choose.ts';
import { conflictingFiles } from '../../agent/network/conflicts.ts';
import { voidLinux } from '../../agent/network/void.ts';
import type { RendererName } from '../../agent/system/configuration.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { caseNamed } from './cases.ts';

const network = caseNamed('routes');

/** Whether a file stands in the way of ours for eth0 or eth1, and for which. */
async function inTheWay(name: RendererName, path: string, content: string): Promise<readonly string[]> {
  const root = openRoot(temporaryRoot({ [path]: content }));
  return conflictingFiles(root, await loadRenderer(name), network, (one) => one.includes('lx-agent')).flatMap(
    ({ interfaces }) => interfaces,
  );
}

const netplan = '/etc/netplan/50-cloud-init.yaml';
const connection = '/etc/NetworkManager/system-connections/Wired connection 1.nmconnection';
const scripts = '/etc/sysconfig/network-scripts';

it.each<[string, RendererName, string, string, string[]]>([
  ['an installer', 'ifupdown', '/etc/network/interfaces', 'auto eth0\niface eth0 inet dhcp\n', ['eth0']],
  [
    'a stanza that does nothing',
    'ifupdown',
    '/etc/network/interfaces.d/eth1',
    'iface eth1 inet manual\n',
    [],
  ],
  [
    'the platform',
    'ifupdown',
    '/etc/network/interfaces',
    '# AUTOMATIC ZONE CONFIG\niface eth0 inet dhcp\n',
    [],
  ],
  ['another name', 'netplan', netplan, 'network:\n  ethernets:\n    eth1:\n      dhcp4: true\n', ['eth1']],
  [
    'a match',
    'netplan',
    netplan,
    'network:\n  ethernets:\n    x:\n      match: {macaddress: "02:08:20:00:00:00"}\n',
    ['eth0'],
  ],
  ['another NIC', 'netplan', netplan, 'network:\n  ethernets:\n    eth10:\n      dhcp4: true\n', []],
  ['ours', 'netplan', '/etc/netplan/90-lx-agent.yaml', 'network:\n  ethernets:\n    eth0: {}\n', []],
  [
    'an earlier file',
    'networkd',
    '/etc/systemd/network/05-all.network',
    '[Match]\nName=en* eth*\n',
    ['eth0', 'eth1'],
  ],
  ['a later file', 'networkd', '/usr/lib/systemd/network/80-all.network', '[Match]\nName=*\n', []],
  [
    'another MAC address',
    'networkd',
    '/run/systemd/network/05.network',
    '[Match]\nMACAddress=02:08:20:00:00:77\n',
    [],
  ],
  ['a profile of any NIC', 'networkmanager', connection, '[connection]\ntype=ethernet\n', ['eth0', 'eth1']],
  [
    'a profile of one',
    'networkmanager',
    connection,
    '[connection]\ntype=ethernet\ninterface-name=eth1\n',
    ['eth1'],
  ],
  ['a script', 'networkmanager', `${scripts}/ifcfg-eth0`, 'BOOTPROTO=dhcp\n', ['eth0']],
  ['a device', 'ifcfg', `${scripts}/ifcfg-Wired`, 'DEVICE="eth1"\n', ['eth1']],
  ['an address', 'ifcfg', `${scripts}/ifcfg-enp0s3`, 'HWADDR=02:08:20:00:00:00\n', ['eth0']],
  [
    'dhcpcd for all',
    'void',
    '/etc/runit/runsvdir/default/dhcpcd/run',
    '#!/bin/sh\nexec dhcpcd -B\n',
    ['eth0', 'eth1'],
  ],
  ['dhcpcd for one', 'void', '/etc/runit/runsvdir/default/dhcpcd-eth1/run', '#!/bin/sh\n', ['eth1']],
  ['another service', 'void', '/etc/runit/runsvdir/default/sshd/run', '#!/bin/sh\n', []],
  ['a saved file', 'ifcfg', `${scripts}/ifcfg-eth0.rpmsave`, 'DEVICE=eth0\n', []],
  ['the loopback', 'ifcfg', `${scripts}/ifcfg-lo`, 'DEVICE=lo\n', []],
])('%s, %s: %s', async (_, renderer, path, content, interfaces) => {
  expect(await inTheWay(renderer, path, content)).toEqual(interfaces);
});

it.each([
  ['allows', 'allowinterfaces eth1 wlan*\n', ['eth1']],
  ['denies', '# denyinterfaces eth1\n  denyinterfaces wlan0,eth0\n', ['eth1']],
  ['both allows and denies', 'allowinterfaces eth*\ndenyinterfaces eth?\n', []],
])('dhcpcd, where its settings %s interfaces, takes the others', (_, settings, interfaces) => {
  const root = openRoot(temporaryRoot({ '/etc/dhcpcd.conf': settings, '/etc/sv/dhcpcd/run': '' }));
  root.makeDirectory('/etc/runit/runsvdir/default', { mode: 0o755 });
  root.link('/etc/runit/runsvdir/default/dhcpcd', '/etc/sv/dhcpcd');
  const found = conflictingFiles(root, voidLinux, network, () => false);
  expect(found.flatMap((one) => one.interfaces)).toEqual(interfaces);
});
