import { describe, expect, it } from 'vitest';
import { checkNetworkServices } from '../../agent/doctor/network-services.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import { emptyState } from '../../agent/system/state.ts';
import type { System } from '../../agent/system/system.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import type { Tree } from '../support/temporary-root.ts';

const nics = [{ interface: 'net0', mac: '02:08:20:aa:bb:01', ips: ['192.0.2.10/24'], primary: true }];
const instance = decodeInstance(
  new Map([['sdc:nics', { status: 'found', value: Buffer.from(JSON.stringify(nics)) }]]),
);
const wants = 'etc/systemd/system/multi-user.target.wants';
const debian: Tree = {
  'sbin/ifup': '',
  'etc/network/interfaces': 'auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*\n',
  'etc/network/interfaces.d/lx-agent': 'iface eth0 inet manual\n',
  [`${wants}/networking.service`]: '-> /lib/systemd/system/networking.service',
};

function check(tree: Tree, given: Partial<System> = {}) {
  const state = { ...emptyState, files: { '/etc/network/interfaces.d/lx-agent': 'ours' } };
  return checkNetworkServices(instance, scratchSystem({ ...debian, ...tree }, { state, ...given }));
}

it('one service, and the agent’s own file alone, is how it should be', async () => {
  expect(await check({})).toMatchObject([
    { status: 'ok', text: 'nothing but ifupdown configures the interfaces' },
  ]);
});

describe('a stanza of others beside the agent’s', () => {
  it('by DHCP would take the platform’s address away', async () => {
    expect(
      await check({ 'etc/network/interfaces.d/50-cloud-init': 'auto eth0\niface eth0 inet dhcp\n' }),
    ).toMatchObject([
      {
        status: 'wrong',
        text: "/etc/network/interfaces.d/50-cloud-init configures eth0 by DHCP, beside the agent's own file",
        remedy: expect.stringContaining('a DHCP client would take them away'),
      },
    ]);
  });

  it('with an address fights for it; one for another interface, or a manual one, does not', async () => {
    const stanza = (text: string) => check({ 'etc/network/interfaces.d/50-x': text });
    expect(await stanza('iface eth0 inet static\n address 192.0.2.11/24\n')).toMatchObject([
      { status: 'wrong', remedy: expect.stringContaining('the last one to set them wins') },
    ]);
    expect(await stanza('iface eth7 inet dhcp\n')).toMatchObject([{ status: 'ok' }]);
    expect(await stanza('iface eth0 inet manual\n')).toMatchObject([{ status: 'ok' }]);
  });

  it.each([
    [
      'netplan',
      {
        'usr/sbin/netplan': '',
        'etc/netplan/50-installer.yaml': 'network:\n ethernets:\n  eth0:\n   dhcp4: true\n',
      },
    ],
    [
      'ifcfg',
      {
        'etc/sysconfig/network-scripts/ifcfg-Wired': 'DEVICE=eth0\nBOOTPROTO=dhcp\n',
        'etc/init.d/network': '',
      },
    ],
    [
      'networkmanager',
      { 'etc/NetworkManager/system-connections/wired': '[connection]\ntype=ethernet\n[ipv4]\nmethod=auto\n' },
    ],
    ['networkd', { 'etc/systemd/network/05-dhcp.network': '[Match]\nName=e*\n[Network]\nDHCP=yes\n' }],
  ] as const)('in the words of %s', async (renderer, tree) => {
    const configuration = {
      ...scratchSystem({}).configuration,
      network: { renderer, policy: 'auto' as const },
    };
    expect(await check(tree, { configuration })).toContainEqual(
      expect.objectContaining({ status: 'wrong', text: expect.stringContaining('configures eth0 by DHCP') }),
    );
  });
});

describe('a second network service for the interface', () => {
  it.each([
    ['systemd-networkd', { 'etc/systemd/network/10-all.network': '[Match]\nName=*\n[Network]\nDHCP=yes\n' }],
    ['NetworkManager', {}],
    ['dhcpcd', {}],
    ['connman', {}],
  ] as const)('%s', async (name, tree) => {
    const enabled = { ...tree, [`${wants}/${name}.service`]: '-> /lib/systemd/system/x.service' };
    expect(await check(enabled)).toMatchObject([
      {
        status: 'wrong',
        text: expect.stringMatching(`two network services are enabled for eth0: ifupdown, .* and ${name}, `),
        remedy: expect.stringContaining(`switch ${name} off`),
      },
    ]);
    const masked = { ...enabled, [`etc/systemd/system/${name}.service`]: '-> /dev/null' };
    expect(await check(masked)).toMatchObject([{ status: 'ok' }]);
  });

  it.each([
    ['networkd without a file that matches', `${wants}/systemd-networkd.service`, {}],
    [
      'NetworkManager with the plugin that leaves ifupdown its own',
      `${wants}/NetworkManager.service`,
      { 'etc/NetworkManager/NetworkManager.conf': '[main]\nplugins=ifupdown,keyfile\n' },
    ],
    [
      'NetworkManager that is told to leave it',
      `${wants}/NetworkManager.service`,
      { 'etc/NetworkManager/conf.d/x.conf': '[keyfile]\nunmanaged-devices=interface-name:eth*\n' },
    ],
    [
      'dhcpcd that is told to leave it',
      `${wants}/dhcpcd.service`,
      { 'etc/dhcpcd.conf': 'denyinterfaces eth*\n' },
    ],
  ] as const)('is none: %s', async (_name, unit, tree) => {
    expect(await check({ ...tree, [unit]: '-> /lib/systemd/system/x.service' })).toMatchObject([
      { status: 'ok' },
    ]);
  });

  it.each(['etc/runlevels/default/dhcpcd', 'etc/rc2.d/S02dhcpcd', 'etc/runit/runsvdir/default/dhcpcd'])(
    'is known under other init systems: %s',
    async (link) => {
      expect(await check({ [link]: '-> /etc/init.d/dhcpcd' })).toMatchObject([{ status: 'wrong' }]);
    },
  );
});
