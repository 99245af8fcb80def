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

test('where ip(8) is refused, the native route(8) puts them in place', () => {
  const [said, ipv4, ipv6] = inNamespace(
    `${machine}
    mount -t tmpfs tmpfs /mnt
    cd /mnt; mkdir up work root
    mount -t overlay overlay -o lowerdir=/,upperdir=up,workdir=work root
    for tree in proc sys dev tmp; do mount --rbind /$tree root/$tree; done
    mkdir -p root/native/usr/sbin
    cp "$(readlink -f "$(command -v ip)")" root/usr/bin/real-ip
    rm -f root/usr/bin/ip root/usr/sbin/ip
    cp "$1/refused-ip" root/usr/bin/ip; ln -s ../bin/ip root/usr/sbin/ip
    cp "$1/native-route" root/native/usr/sbin/route
    chmod 755 root/usr/bin/ip root/native/usr/sbin/route
    chroot root ${setRoutes}; echo ==
    ip route show root 203.0.0.0/16; echo ==
    ip -6 route show 2001:db8:9::/48`,
    {
      'metadata.json': JSON.stringify({
        ...metadata,
        'sdc:routes': metadata['sdc:routes'].filter(({ dst }) => /^203|^2001/.test(dst)),
      }),
      'refused-ip': `#!/bin/sh
        case "$*" in *'route replace'*) echo 'RTNETLINK answers: Operation not supported' >&2; exit 2 ;; esac
        exec real-ip "$@"`,
      // A stand-in: illumos names an interface by an address of our own on it.
      'native-route': `#!/bin/sh -eu
        [ "$1" = add ]
        if [ "$4" = -interface ]; then
          device=$(real-ip -o address | awk -v own="$5/" 'index($4, own) == 1 { print $2 }')
          exec real-ip route add "$3" dev "$device"
        fi
        exec real-ip route add "$3" via "$4"`,
    },
  ).split('==\n');
  expect(lines(said)).toHaveLength(3);
  expect(lines(ipv4)).toEqual([
    '203.0.112.0/24 dev eth0 scope link',
    '203.0.113.0/24 via 192.0.2.254 dev eth1',
  ]);
  expect(lines(ipv6)).toEqual(['2001:db8:9::/48 via 2001:db8::fe dev eth1 metric 1024 pref medium']);
});

function lines(text = ''): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
