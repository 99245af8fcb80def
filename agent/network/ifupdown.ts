import { readShared } from '../change/shared-file.ts';
import { addressOf, contains, netmask, prefixLength } from '../metadata/addresses.ts';
import { type Cidr, isIpv6 } from '../metadata/values.ts';
import type { ReadableRoot } from '../system/system.ts';
import { acceptAdvertisements } from './accept-advertisements.ts';
import { preparedBlock } from './idle-service.ts';
import { isIncluded } from './interfaces-source.ts';
import { defaultRoutes, type Interface, type Network, type Route } from './model.ts';
import type { RenderedFile, Renderer } from './renderer.ts';
import { routeCommand } from './route-command.ts';

const path = '/etc/network/interfaces.d/lx-agent';

/** /etc/network/interfaces of Debian, Devuan and Alpine: the main file includes our separate file. */
export const ifupdown: Renderer = {
  owns: (one) => one === path,
  files: (network, root) => [{ path, content: renderInterfaces(network) }, ...included(root)],
  others: [
    { folder: '/etc/network', isOne: (name) => name === 'interfaces', configures: hasStanza },
    { folder: '/etc/network/interfaces.d', isOne: () => true, configures: hasStanza },
  ],
  idle: [
    { file: '/etc/init.d/networking', holds: preparedBlock },
    { file: '/etc/init/networking.override', holds: /static-network-up/ },
    { masked: 'networking.service' },
  ],
};

/**
 * The main file with a line that includes ours, unless it includes it already. The line names the file, because
 * ifupdown-ng and BusyBox do not accept a pattern.
 */
function included(root: ReadableRoot): RenderedFile[] {
  const { path: main, text, fault } = readShared(root, '/etc/network/interfaces');
  if (fault !== undefined) return [{ path: main, content: '', claim: 'shared', fault }];
  if (text !== undefined && isIncluded(root, path)) return [];
  if (text === undefined || text === former)
    return [{ path: main, content: `${loopback}\n\nsource ${path}\n`, claim: 'shared' }];
  return [{ path: main, content: `${text.replace(/\n*$/, '\n')}\nsource ${path}\n`, claim: 'shared' }];
}

/**
 * The highest metric, for an unwanted default route from DHCP. dhclient uses it under ifupdown and ifupdown-ng; the
 * others need the command that removes the route.
 */
const lastMetric = 9999;

/**
 * For a main file that we write. The platform has already brought up the loopback: with `loopback`, BusyBox would fail
 * to add its address again. Without any `auto` interface, ifupdown2's `ifup -a` fails.
 */
const loopback = 'auto lo\niface lo inet manual';
/** The text that earlier versions of the agent wrote; ifupdown-ng and BusyBox cannot read it. */
const former = 'auto lo\niface lo inet loopback\n\nsource /etc/network/interfaces.d/*\n';

/**
 * interfaces(5), in the only form that Debian's ifupdown, ifupdown-ng, ifupdown2 and BusyBox all accept: a stanza for
 * each address, with `address` and `netmask`. Only ifupdown knows `inet6 auto`. An interface that the platform
 * configured is `manual`, not `auto`: `ifdown -a` takes down every interface that `ifup -a` brought up, with its
 * addresses and routes, whatever its method. For an interface in the file, ifupdown2 removes addresses that the file
 * lacks; `address-purge no` prevents that.
 */
export function renderInterfaces(network: Network): string {
  const stanzas = network.interfaces.map((one) => (one.policy === 'hands-off' ? handsOff(one) : full(one)));
  return ['# Written by lx-agent from sdc:nics and sdc:routes.', ...stanzas].join('\n\n').concat('\n');
}

function handsOff({ name }: Interface): string {
  return `iface ${name} inet manual\n    address-purge no`;
}

interface Stanza {
  readonly family: 'inet' | 'inet6';
  readonly method: 'static' | 'dhcp' | 'manual';
  readonly address?: Cidr;
}

function full(one: Interface): string {
  const stanzas = stanzasOf(one);
  const defaults = defaultRoutes(one).map((route) => ({ route, stanza: stanzaFor(route, stanzas) }));
  const commanded = [
    ...defaults.filter(({ stanza }) => stanza === undefined).map(({ route }) => route),
    ...one.routes,
  ];
  const withMtu = stanzas.find(({ method }) => method === 'static') ?? stanzas[0];
  const text = stanzas.map((stanza, index) => {
    const options = [
      ...addressOptions(stanza),
      ...(stanza.method === 'dhcp' && !one.dhcpDefault ? [`metric ${lastMetric}`] : []),
      ...(stanza === withMtu && one.mtu !== undefined ? [`mtu ${one.mtu}`] : []),
      ...defaults
        .filter((candidate) => candidate.stanza === stanza)
        .map(({ route }) => `gateway ${route.gateway}`),
      ...(index === 0 ? before(one, stanzas) : []),
      ...(index === stanzas.length - 1 ? after(one, stanzas, commanded) : []),
    ];
    return [
      `iface ${one.name} ${stanza.family} ${stanza.method}`,
      ...options.map((line) => `    ${line}`),
    ].join('\n');
  });
  return [`auto ${one.name}`, ...text].join('\n');
}

/** BusyBox needs a `netmask` and does not accept a prefix length in the address. */
function addressOptions({ family, address }: Stanza): string[] {
  if (address === undefined) return [];
  const length = prefixLength(address);
  return [`address ${addressOf(address)}`, `netmask ${family === 'inet' ? netmask(length) : length}`];
}

/** All read the option `mtu` with static addresses. Otherwise only ifupdown2 reads it, and ignores a command for it. */
function before(one: Interface, stanzas: readonly Stanza[]): string[] {
  const isOption = stanzas.some(({ method }) => method === 'static');
  return [
    ...acceptAdvertisements(one).map((command) => `pre-up ${command}`),
    ...(one.mtu === undefined || isOption ? [] : [`pre-up ip link set dev ${one.name} mtu ${one.mtu}`]),
  ];
}

/** `manual` does not bring the interface up. */
function after(one: Interface, stanzas: readonly Stanza[], routes: readonly Route[]): string[] {
  return [
    ...(stanzas.every(({ method }) => method === 'manual') ? [`up ip link set dev ${one.name} up`] : []),
    ...(one.dhcp && !one.dhcpDefault && defaultRoutes(one).length === 0
      ? [`up ip route del default dev ${one.name} 2>/dev/null || :`]
      : []),
    ...routes.map((route) => `up ${routeCommand(one.name, route).join(' ')}`),
  ];
}

/**
 * Where a default route is a `gateway` option: in the stanza of an address in whose network the gateway is. BusyBox sets
 * the route before it comes to the next stanza. Without one a command sets it, and says that the gateway is on the link.
 */
function stanzaFor({ gateway }: Route, stanzas: readonly Stanza[]): Stanza | undefined {
  return stanzas.find(
    ({ address }) => address !== undefined && gateway !== undefined && contains(address, gateway),
  );
}

function stanzasOf(one: Interface): Stanza[] {
  const stanzas: Stanza[] = [
    ...(one.dhcp ? [{ family: 'inet', method: 'dhcp' } as const] : []),
    ...one.addresses.map((address) => ({ family: familyOf(address), method: 'static', address }) as const),
  ];
  return stanzas.length > 0 ? stanzas : [{ family: one.addrconf ? 'inet6' : 'inet', method: 'manual' }];
}

function familyOf(cidr: Cidr): 'inet' | 'inet6' {
  return isIpv6(cidr) ? 'inet6' : 'inet';
}

/** interfaces(5): a `manual` stanza does nothing, so it does not conflict. */
function hasStanza(text: string, { name }: Interface): boolean {
  return text.split('\n').some((line) => {
    const [iface, device, , method] = line.trim().split(/\s+/);
    return iface === 'iface' && device === name && method !== 'manual';
  });
}
