import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from './machine.ts';

/** What the router gives: to the NIC of a MAC address always the same IPv4 address, and an IPv6 prefix to all. */
export interface Given {
  readonly mac: string;
  /** In a /24, of which the router has the first address. */
  readonly address: string;
  /** Of 64 bits, as far as its `::`. */
  readonly prefix: string;
}

/**
 * Put a router at the other end of a machine's interface of this number: a network namespace with dnsmasq, which serves
 * DHCP and advertises itself and the prefix. It ends with the machine.
 */
export async function addRouter(
  machine: Machine,
  number: number,
  { mac, address, prefix }: Given,
): Promise<void> {
  const [name, wire] = [`router${number}`, `wire${number}`];
  const network = address.slice(0, address.lastIndexOf('.'));
  await machine.run(
    'bash',
    '-euc',
    `ip netns add ${name}
    ip link set ${wire} netns ${name}
    ip -n ${name} link set ${wire} up
    ip -n ${name} address add ${network}.1/24 dev ${wire}
    ip -n ${name} address add ${prefix}1/64 dev ${wire} nodad`,
  );
  machine.start(
    ...(['ip', 'netns', 'exec', name, 'dnsmasq', '--keep-in-foreground'] as const),
    ...['--conf-file=/dev/null', '--port=0', '--user=root', '--pid-file', `--interface=${wire}`],
    ...[`--dhcp-leasefile=/run/leases${number}`, '--dhcp-authoritative', '--no-ping'],
    ...[`--dhcp-range=${network}.100,static,255.255.255.0,1h`, `--dhcp-host=${mac},${address}`],
    ...[`--dhcp-option=option:router,${network}.1`, '--enable-ra', `--dhcp-range=${prefix},ra-only`],
  );
  const isServing = async () =>
    (await machine.run('ip', 'netns', 'exec', name, 'ss', '-lun')).includes(':67');
  for (let tries = 0; !(await isServing()); tries++) {
    if (tries === 100) throw new Error('dnsmasq does not serve DHCP');
    await sleep(50);
  }
}
