import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIpAddress } from '../../agent/metadata/values.ts';
import type { Link } from '../../agent/network/model.ts';
import { link, macOf, networkFrom } from './cases.ts';

const nic = (index: number, ...ips: string[]) => ({
  interface: `net${index}`,
  mac: macOf(index),
  primary: index === 0,
  ips,
});
const names = (nics: readonly object[], links: readonly Link[]) =>
  networkFrom({ nics, links }).interfaces.map(({ name }) => name);

describe('which interface a NIC is', () => {
  it('goes by the MAC address, whatever the names', () => {
    const nics = [nic(0), nic(1)];
    expect(names(nics, [link('eth1', 0), link('eth0', 1)])).toEqual(['eth1', 'eth0']);
    expect(names(nics, [link('ens3', 0), link('eth1', 1)])).toEqual(['ens3', 'eth1']);
  });

  it('goes by the number where the machine shows no MAC address, or no interfaces', () => {
    const bare = (name: string): Link => ({ name, mac: undefined, addresses: undefined });
    expect(names([nic(0), nic(1)], [bare('eth0'), bare('eth1')])).toEqual(['eth0', 'eth1']);
    expect(names([nic(0), nic(2)], [])).toEqual(['eth0', 'eth2']);
  });

  it('leaves out a NIC whose number is another one by its MAC address', () => {
    expect(names([{ ...nic(0), mac: 'none' }, nic(1)], [link('eth0', 1), link('eth1', 7)])).toEqual(['eth0']);
  });

  it('gives no interface to two NICs, whatever the machine has', () => {
    const index = fc.integer({ min: 0, max: 5 });
    const machine = fc.uniqueArray(fc.tuple(index, index), { selector: ([name]) => name });
    fc.assert(
      fc.property(machine, fc.uniqueArray(index), (links, nics) => {
        const found = names(
          nics.map((one) => nic(one)),
          links.map(([name, mac]) => link(`eth${name}`, mac)),
        );
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});

describe('who configures an interface', () => {
  const policy = (ips: string[], addresses: string[] | undefined) => {
    const { name, mac } = link('eth0', 0);
    const machine = { name, mac, addresses: addresses?.filter(isIpAddress) };
    return networkFrom({ nics: [nic(0, ...ips)], links: [machine], policy: 'auto' }).interfaces[0]?.policy;
  };

  it.each([
    ['its address is there', ['192.0.2.10/24'], ['192.0.2.10'], 'hands-off'],
    ['one of its addresses is there', ['192.0.2.10/24', '2001:db8::1/64'], ['2001:db8::1'], 'hands-off'],
    ['another address is there', ['192.0.2.10/24'], ['192.0.2.11'], 'full'],
    ['no address is there', ['192.0.2.10/24'], [], 'full'],
    ['nobody can tell', ['192.0.2.10/24'], undefined, 'hands-off'],
    ['it has a lease', ['dhcp'], ['192.0.2.10'], 'hands-off'],
    ['it only has what every IPv6 interface has', ['dhcp'], ['fe80::1'], 'full'],
    ['the platform plumbed IPv6', ['addrconf'], ['fe80::1'], 'hands-off'],
    ['it is to have no address', [], [], 'hands-off'],
  ])('%s', (_, ips, addresses, wanted) => {
    expect(policy(ips, addresses)).toBe(wanted);
  });

  it.each([
    [['192.0.2.10/24', '192.0.2.11/24', '2001:db8::1/64'], ['192.0.2.11'], ['192.0.2.10', '2001:db8::1']],
    [['192.0.2.10/24'], ['192.0.2.10'], []],
    [['addrconf'], ['fe80::1'], ['an address by router advertisements']],
    [['addrconf'], ['fe80::1', '2001:db8::7'], []],
    [['dhcp', '192.0.2.10/24'], ['192.0.2.10', 'fe80::1'], ['an address by DHCP']],
    [['dhcp', 'addrconf'], ['192.0.2.7'], ['an address by router advertisements']],
    [['192.0.2.10/24'], undefined, []],
    [['192.0.2.10/24'], [], []],
  ])('of %j, with %j there, the platform has not done %j', (ips, addresses, lacks) => {
    const { name, mac } = link('eth0', 0);
    const machine = { name, mac, addresses: addresses?.filter(isIpAddress) };
    const { interfaces } = networkFrom({ nics: [nic(0, ...ips)], links: [machine], policy: 'auto' });
    expect(interfaces[0]?.lacks).toEqual(lacks);
  });

  it('leaves it to the platform where the machine does not have the interface', () => {
    expect(networkFrom({ nics: [nic(0)], policy: 'auto' }).interfaces[0]?.policy).toBe('hands-off');
  });
});

describe('which interface a route goes out on', () => {
  const out = (nics: readonly object[], route: object) =>
    networkFrom({ nics, routes: [route] }).interfaces.flatMap(({ name, routes }) =>
      routes.map(({ gateway, onLink }) => ({ name, gateway, onLink })),
    );

  it('the one with the narrowest network that holds the gateway', () => {
    const nics = [nic(0, '10.0.0.1/8'), nic(1, '10.1.0.1/16')];
    expect(out(nics, { dst: '203.0.113.0/24', gateway: '10.1.0.2' })).toEqual([
      { name: 'eth1', gateway: '10.1.0.2', onLink: false },
    ]);
  });

  it('the primary one, with its gateway said to be on the link, where no network holds it', () => {
    const nics = [{ ...nic(1, '10.1.0.1/16'), primary: false }, nic(0, '10.0.0.1/24')];
    expect(out(nics, { dst: '203.0.113.0/24', gateway: '192.0.2.1' })).toEqual([
      { name: 'eth0', gateway: '192.0.2.1', onLink: true },
    ]);
  });

  it('the one whose own address a link-local route names, without a next hop', () => {
    const nics = [nic(0, '10.0.0.1/8'), nic(1, '10.1.0.1/16')];
    expect(out(nics, { dst: '203.0.113.0/24', gateway: '10.1.0.1', linklocal: true })).toEqual([
      { name: 'eth1', gateway: undefined, onLink: false },
    ]);
  });
});

it('only the primary NIC has gateways, one a family', () => {
  const gateways = ['192.0.2.1', '192.0.2.2', '2001:db8::1'];
  const { interfaces } = networkFrom({
    nics: [
      { ...nic(0, '192.0.2.10/24'), gateways },
      { ...nic(1, '198.51.100.1/24'), gateways },
    ],
  });
  expect(interfaces.map((one) => one.gateways)).toEqual([['192.0.2.1', '2001:db8::1'], []]);
});

it('holds a thousand NICs and a thousand routes', () => {
  const nics = Array.from({ length: 1000 }, (_, index) => ({
    ...nic(index, `10.${index >> 8}.${index & 255}.1/24`),
    mac: `02:08:20:00:${(index >> 8).toString(16)}:${(index & 255).toString(16)}`,
  }));
  const routes = nics.map((_, index) => ({
    dst: `172.${16 + (index >> 8)}.${index & 255}.0/24`,
    gateway: `10.${index >> 8}.${index & 255}.2`,
  }));
  const { interfaces } = networkFrom({ nics, routes });
  expect(interfaces.filter((one) => one.routes.length === 1)).toHaveLength(1000);
});
