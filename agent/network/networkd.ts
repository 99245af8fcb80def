import { type Cidr, isIpv6 } from '../metadata/values.ts';
import { defaultRoutes, expectsAddress, type Interface, type Route, usesIpv6 } from './model.ts';
import { matchesPattern } from './names.ts';
import type { Renderer } from './renderer.ts';
import { waitOnline } from './wait-online.ts';

/**
 * systemd.network(5), one file for each interface. Our files sort first, because the names of other files
 * conventionally begin with 10 or more. Files use interface names: the agent finds each interface by its MAC address at
 * each boot, before networkd starts. The resolver step configures name resolution.
 */
export const networkd: Renderer = {
  owns: (path) => /^\/etc\/systemd\/network\/10-lx-agent-[^/]+\.network$/.test(path) || waitOnline.owns(path),
  files: (network) => [
    ...network.interfaces.map((one) => ({
      path: `/etc/systemd/network/10-lx-agent-${one.name}.network`,
      content: renderNetworkUnit(one),
    })),
    ...waitOnline.files(network),
  ],
  others: ['/etc/systemd/network', '/run/systemd/network', '/usr/lib/systemd/network'].map((folder) => ({
    folder,
    isOne: (name) => name.endsWith('.network'),
    configures: isFirstMatch,
  })),
  idle: [{ masked: 'systemd-networkd.service' }],
  takeUp: waitOnline.takeUp,
};

type Section = readonly [name: string, ...lines: string[]];

/** The .network file of one interface. */
export function renderNetworkUnit(one: Interface): string {
  const sections = one.policy === 'hands-off' ? handsOff(one) : full(one);
  return ['# Written by lx-agent from sdc:nics and sdc:routes.', ...sections.map(section)].join('\n');
}

function section([name, ...lines]: Section): string {
  return `[${name}]\n${lines.join('\n')}\n`;
}

/**
 * `Unmanaged=yes` is not used: networkd-wait-online waits forever when no interface is managed. With
 * `KeepConfiguration=yes`, networkd keeps the existing configuration at its start and stop, and the interface is
 * online.
 */
function handsOff(one: Interface): Section[] {
  return [
    ['Match', `Name=${one.name}`],
    ...requirement(one),
    ['Network', 'KeepConfiguration=yes', 'DHCP=no', linkLocal(one), 'IPv6AcceptRA=no'],
  ];
}

function full(one: Interface): Section[] {
  const defaults = defaultRoutes(one);
  const neighbours = defaults.filter(({ onLink }) => !onLink);
  return [
    ['Match', `Name=${one.name}`],
    ...requirement(one, one.mtu === undefined ? [] : [`MTUBytes=${one.mtu}`]),
    [
      'Network',
      `DHCP=${one.dhcp ? 'ipv4' : 'no'}`,
      linkLocal(one),
      `IPv6AcceptRA=${one.addrconf ? 'yes' : 'no'}`,
      ...one.addresses.map((address) => `Address=${address}`),
      ...neighbours.map(({ gateway }) => `Gateway=${gateway}`),
    ],
    ...withoutDefault(one),
    ...[...defaults.filter(({ onLink }) => onLink), ...one.routes].map(route),
  ];
}

/** Ignores default routes from DHCP and router advertisements. Before 246, networkd has no `UseGateway` for DHCP. */
function withoutDefault(one: Interface): Section[] {
  return [
    ...(one.dhcp && !one.dhcpDefault ? [['DHCPv4', 'UseRoutes=no'] as const] : []),
    ...(one.addrconf && !one.addrconfDefault ? [['IPv6AcceptRA', 'UseGateway=no'] as const] : []),
  ];
}

/** An interface that expects no address is online as soon as it has a carrier. */
function requirement(one: Interface, lines: readonly string[] = []): Section[] {
  const all = [...lines, ...(expectsAddress(one) ? [] : ['RequiredForOnline=carrier'])];
  return all.length === 0 ? [] : [['Link', ...all]];
}

/** networkd waits for a configured link-local address; a zone's interface without IPv6 never gets one. */
function linkLocal(one: Interface): string {
  return `LinkLocalAddressing=${usesIpv6(one) ? 'ipv6' : 'no'}`;
}

function route({ destination, gateway, onLink }: Route): Section {
  return [
    'Route',
    `Destination=${destination}`,
    ...(gateway === undefined ? directly(destination) : [`Gateway=${gateway}`]),
    ...(onLink ? ['GatewayOnLink=yes'] : []),
  ];
}

/** IPv6 routes have no scope. */
function directly(destination: Cidr): string[] {
  return isIpv6(destination) ? [] : ['Scope=link'];
}

/** systemd.network(5): the first matching file by name applies, whatever its folder. */
function isFirstMatch(text: string, { name, mac }: Interface, file: string): boolean {
  if (file >= `10-lx-agent-${name}.network`) return false;
  const match = /^\[Match\]$([^[]*)/m.exec(text)?.[1] ?? '';
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(match)?.[1]?.trim().split(/\s+/);
  const names = value('Name');
  const macs = value('MACAddress')?.map((one) => one.toLowerCase());
  if (macs !== undefined && (mac === undefined || !macs.includes(mac))) return false;
  return names === undefined || names.some((pattern) => matchesPattern(pattern, name));
}
