import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inNamespace, veth } from './namespace.ts';

const macs = ['02:08:20:00:00:90', '02:08:20:00:00:91'] as const;
const metadata = {
  'sdc:nics': [
    { interface: 'net0', mac: macs[0], ips: ['192.0.2.10/24', '2001:db8::10/64'], primary: true },
    { interface: 'net1', mac: macs[1], ips: ['198.51.100.20/24'] },
  ],
  'sdc:routes': [
    { dst: '203.0.113.0/24', gateway: '192.0.2.254' },
    { dst: '10.9.8.7', gateway: '198.51.100.2' },
    { dst: '2001:db8:9::/48', gateway: '2001:db8::fe' },
    { dst: '203.0.112.0/24', gateway: '198.51.100.20', linklocal: true },
    { dst: '172.16.0.0/12', gateway: '100.64.0.1' },
  ],
};

// The names are exchanged: what net0 is called on this machine is told by its MAC address alone.
const machine = [
  veth('eth1', macs[0]),
  veth('eth0', macs[1]),
  'ip link set eth1 up; ip link set eth0 up',
  'ip addr add 192.0.2.10/24 dev eth1; ip addr add 2001:db8::10/64 dev eth1 nodad',
  'ip addr add 198.51.100.20/24 dev eth0',
].join('\n');
const setRoutes = `"${process.execPath}" ${join(import.meta.dirname, 'set-routes.ts')} $1/metadata.json`;
const files = { 'metadata.json': JSON.stringify(metadata) };

test('the routes that are missing are there afterwards, as metadata names them, and a second run runs nothing', () => {
  const [first, second, ipv4, ipv6] = inNamespace(
    `${machine}
    ip route add 10.9.8.7 via 198.51.100.2
    ${setRoutes}; echo ==
    ${setRoutes}; echo ==
    ip route show; echo ==
    ip -6 route show 2001:db8:9::/48`,
    files,
  ).split('==\n');
  expect(first?.trim().split('\n')).toEqual([
    'ip route replace 203.0.113.0/24 via 192.0.2.254 dev eth1',
    'ip -6 route replace 2001:db8:9::/48 via 2001:db8::fe dev eth1',
    'ip route replace 172.16.0.0/12 via 100.64.0.1 dev eth1 onlink',
    'ip route replace 203.0.112.0/24 dev eth0',
  ]);
  expect(second).toBe('');
  expect(lines(ipv4)).toEqual([
    '10.9.8.7 via 198.51.100.2 dev eth0',
    '172.16.0.0/12 via 100.64.0.1 dev eth1 onlink',
    '192.0.2.0/24 dev eth1 proto kernel scope link src 192.0.2.10',
    '198.51.100.0/24 dev eth0 proto kernel scope link src 198.51.100.20',
    '203.0.112.0/24 dev eth0 scope link',
    '203.0.113.0/24 via 192.0.2.254 dev eth1',
  ]);
  expect(lines(ipv6)).toEqual(['2001:db8:9::/48 via 2001:db8::fe dev eth1 metric 1024 pref medium']);
});

test('a route by another gateway is replaced, and one that nobody named is left', () => {
  const [, ipv4] = inNamespace(
    `${machine}
    ip route add 203.0.113.0/24 via 192.0.2.1
    ip route add 203.0.111.0/24 via 192.0.2.1
    ${setRoutes}; echo ==
    ip route show root 203.0.0.0/16`,
    files,
  ).split('==\n');
  expect(lines(ipv4)).toEqual([
    '203.0.111.0/24 via 192.0.2.1 dev eth1',
    '203.0.112.0/24 dev eth0 scope link',
    '203.0.113.0/24 via 192.0.2.254 dev eth1',
  ]);
});

function lines(text = ''): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
