import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from './machine.ts';

/** What the router gives: to the NIC of a MAC address always the same IPv4 address, and a prefix to all. */
export interface Given {
  readonly mac: string;
  readonly address: string;
}

/**
 * Put a router at the other end of a machine's first interface: a network namespace with dnsmasq, which serves DHCP in
 * 192.0.2.0/24 and advertises itself and 2001:db8::/64. It ends with the machine.
 */
export async function addRouter(machine: Machine, { mac, address }: Given): Promise<void> {
  await machine.run(
    'bash',
    '-euc',
    `ip netns add router
    ip link set wire0 netns router
    ip -n router link set wire0 up
    ip -n router address add 192.0.2.1/24 dev wire0
    ip -n router address add 2001:db8::1/64 dev wire0 nodad`,
  );
  machine.start(
    ...(['ip', 'netns', 'exec', 'router', 'dnsmasq', '--keep-in-foreground'] as const),
    ...['--conf-file=/dev/null', '--port=0', '--user=root', '--pid-file', '--interface=wire0'],
    ...['--dhcp-leasefile=/run/leases', '--dhcp-authoritative', '--no-ping'],
    ...['--dhcp-range=192.0.2.100,static,255.255.255.0,1h', `--dhcp-host=${mac},${address}`],
    ...['--dhcp-option=option:router,192.0.2.1', '--enable-ra', '--dhcp-range=2001:db8::,ra-only'],
  );
  const isServing = async () =>
    (await machine.run('ip', 'netns', 'exec', 'router', 'ss', '-lun')).includes(':67');
  for (let tries = 0; !(await isServing()); tries++) {
    if (tries === 100) throw new Error('dnsmasq does not serve DHCP');
    await sleep(50);
  }
}
