import type { Route } from '../../../agent/network/model.ts';
import type { RenderedFile } from '../../../agent/network/renderer.ts';
import type { ReadBack } from './read-back.ts';
import { address, cidr, flag, number, withGateways } from './values.ts';

/** A strict reader of .network files: what it does not know is an error. An interface that is kept as it is gives its name. */
export function readNetworkUnit({ path, content }: RenderedFile): ReadBack | string {
  const sections = sectionsOf(content);
  const one = (name: string) => sections.find((section) => section.name === name);
  const match = only(one('Match')?.entries ?? [], ['Name']);
  const name = match.get('Name')?.[0] ?? '';
  if (path !== `/etc/systemd/network/10-lx-agent-${name}.network`)
    throw new Error(`${path} is about ${name}`);
  const link = only(one('Link')?.entries ?? [], ['MTUBytes', 'RequiredForOnline']);
  const network = only(one('Network')?.entries ?? [], [
    'KeepConfiguration',
    'DHCP',
    'LinkLocalAddressing',
    'IPv6AcceptRA',
    'Address',
    'Gateway',
  ]);
  if (network.get('KeepConfiguration')?.[0] === 'yes') return name;
  const dhcp = flag(network.get('DHCP')?.[0], 'ipv4', 'no');
  const addrconf = flag(network.get('IPv6AcceptRA')?.[0], 'yes', 'no');
  const says = (section: string, key: string) =>
    only(one(section)?.entries ?? [], [key]).get(key)?.[0] !== 'no';
  const mtu = link.get('MTUBytes')?.[0];
  return withGateways(
    {
      name,
      mtu: mtu === undefined ? undefined : number(mtu),
      addresses: (network.get('Address') ?? []).map(cidr),
      dhcp,
      addrconf,
      dhcpDefault: dhcp && says('DHCPv4', 'UseRoutes'),
      addrconfDefault: addrconf && says('IPv6AcceptRA', 'UseGateway'),
    },
    sections.filter((section) => section.name === 'Route').map(({ entries }) => route(entries)),
    (network.get('Gateway') ?? []).map(address),
  );
}

function route(entries: Entry[]): Route {
  const values = only(entries, ['Destination', 'Gateway', 'GatewayOnLink', 'Scope']);
  const gateway = values.get('Gateway')?.[0];
  return {
    destination: cidr(values.get('Destination')?.[0]),
    gateway: gateway === undefined ? undefined : address(gateway),
    onLink: values.get('GatewayOnLink')?.[0] === 'yes',
  };
}

export type Entry = readonly [key: string, value: string];

/** Sections and assignments, with comments between them. */
export function sectionsOf(content: string): { name: string; entries: Entry[] }[] {
  const sections: { name: string; entries: Entry[] }[] = [];
  for (const line of content.split('\n')) {
    const heading = /^\[(\w+)\]$/.exec(line)?.[1];
    const entry = /^([\w+-]+)=(\S+)$/.exec(line);
    if (heading !== undefined) sections.push({ name: heading, entries: [] });
    else if (entry?.[1] !== undefined && entry[2] !== undefined)
      (sections.at(-1)?.entries ?? outside(line)).push([entry[1], entry[2]]);
    else if (line !== '' && !line.startsWith('# ')) throw new Error(`not understood: ${line}`);
  }
  return sections;
}

function outside(line: string): never {
  throw new Error(`outside any section: ${line}`);
}

/** The values of each key; a key that is not among the known ones is an error. */
export function only(entries: readonly Entry[], known: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [key, value] of entries) {
    if (!known.includes(key)) throw new Error(`unknown: ${key}`);
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}
