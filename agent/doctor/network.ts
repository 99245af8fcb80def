import type { NetworkInterfaceInfo } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { Instance } from '../metadata/instance.ts';
import type { Nic } from '../metadata/nics.ts';
import type { StaticRoute } from '../metadata/routes.ts';
import { parseIpv4Table } from '../network/routing-table.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** What the running machine's network is, as the system tells it. */
export interface Network {
  /** By name, as os.networkInterfaces() has them: only those that are up and have an address. */
  readonly interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
  /** /proc/net/route; undefined where there is none. */
  readonly routes: string | undefined;
}

const remedy =
  'reboot the instance, for the platform sets it up before init; see lx-agent run --dry-run network';

/** Addresses and routes against what the metadata says. The platform sets them up; the image may have undone it. */
export function checkNetwork(
  { nics, routes }: Pick<Instance, 'nics' | 'routes'>,
  network: Network,
): Finding[] {
  if (nics === undefined) return [note('network', 'the metadata names no NICs')];
  const missing = [
    ...nics.flatMap((nic) => missingAddresses(nic, network)),
    ...missingRoutes(nics, routes ?? [], network),
  ];
  return missing.length > 0
    ? missing
    : [ok('network', 'addresses and routes are as the metadata names them')];
}

/** As Linux calls it, and as the metadata does: `eth0 (net0, 02:08:20:aa:bb:01)`. */
function nameOf(nic: Nic, { interfaces }: Network): string {
  const found = Object.entries(interfaces).find(([, infos]) => infos?.some(({ mac }) => mac === nic.mac));
  return `${found?.[0] ?? `eth${nic.index}`} (${nic.name}, ${nic.mac ?? 'no MAC address'})`;
}

/** By MAC address where it has one, else by number: net0 is eth0. */
function interfaceOf(nic: Nic, { interfaces }: Network): readonly NetworkInterfaceInfo[] | undefined {
  const byMac = Object.values(interfaces).find((infos) => infos?.some(({ mac }) => mac === nic.mac));
  return byMac ?? interfaces[`eth${nic.index}`] ?? interfaces[nic.name];
}

function missingAddresses(nic: Nic, network: Network): Finding[] {
  if (nic.addresses.length === 0 && !nic.dhcp && !nic.addrconf) return [];
  const infos = interfaceOf(nic, network);
  if (infos === undefined)
    return [wrong('network', `${nameOf(nic, network)} is not up, or has no address`, remedy)];
  const present = new Set(infos.flatMap(({ cidr }) => (cidr === null ? [] : [canonical(cidr)])));
  const named = nic.addresses
    .filter((address) => !present.has(canonical(address)))
    .map((address) => `the address ${address}`);
  return [...named, ...missingAutomatic(nic, infos)].map((what) =>
    wrong('network', `${nameOf(nic, network)} does not have ${what}`, remedy),
  );
}

/** Neither a static address nor the link-local one is by DHCP or by router advertisements. */
function missingAutomatic(nic: Nic, infos: readonly NetworkInterfaceInfo[]): string[] {
  const own = new Set(nic.addresses.map(canonical));
  const others = infos.flatMap(({ cidr, family }) =>
    cidr === null || own.has(canonical(cidr)) || cidr.startsWith('fe80:') ? [] : [family],
  );
  return [
    ...(nic.dhcp && !others.includes('IPv4') ? ['an address by DHCP'] : []),
    ...(nic.addrconf && !others.includes('IPv6') ? ['an address by router advertisements'] : []),
  ];
}

function missingRoutes(nics: readonly Nic[], routes: readonly StaticRoute[], network: Network): Finding[] {
  const table = parseIpv4Table(network.routes ?? '') ?? [];
  if (table.length === 0)
    return [note('network', 'the routes cannot be read here, so they were not looked at')];
  const gateways = nics.filter(({ primary }) => primary).flatMap((nic) => nic.gateways);
  const wanted = [
    ...gateways.map((gateway) => ({ destination: '0.0.0.0/0', gateway: String(gateway) })),
    ...routes.filter(({ linkLocal }) => !linkLocal),
  ].filter(({ gateway }) => !gateway.includes(':'));
  return wanted
    .filter(
      ({ destination, gateway }) =>
        !table.some((route) => route.destination === destination && route.gateway === gateway),
    )
    .map(({ destination, gateway }) => {
      const what = destination === '0.0.0.0/0' ? 'default route' : `route to ${destination}`;
      return wrong('network', `the ${what} by ${gateway} is missing`, remedy);
    });
}

/** One spelling for each address: IPv6 has many. */
function canonical(cidr: string): string {
  const [address = '', length] = cidr.split('/');
  return `${ipaddr.parse(address).toString()}/${length}`;
}
