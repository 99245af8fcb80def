import { readShared } from '../change/shared-file.ts';
import { type Cidr, isIpv6 } from '../metadata/values.ts';
import type { ReadableRoot } from '../system/system.ts';
import { defaultRoutes, type Interface, type Network, type Route } from './model.ts';
import type { RenderedFile, Renderer } from './renderer.ts';
import { routeCommand } from './route-command.ts';

const path = '/etc/network/interfaces.d/lx-agent';

/** Debian's, Devuan's and Alpine's /etc/network/interfaces: ours is a file of its own that the main file includes. */
export const ifupdown: Renderer = {
  owns: (one) => one === path,
  files: (network, root) => [{ path, content: renderInterfaces(network) }, ...included(root)],
};

/** The main file with a line that includes ours, where it has none; one that is missing gets the loopback too. */
function included(root: ReadableRoot): RenderedFile[] {
  const { path: main, text, fault } = readShared(root, '/etc/network/interfaces');
  if (fault !== undefined) return [{ path: main, content: '', claim: 'shared', fault }];
  if (text === undefined)
    return [
      {
        path: main,
        content: 'auto lo\niface lo inet loopback\n\nsource /etc/network/interfaces.d/*\n',
        claim: 'shared',
      },
    ];
  if (/^\s*source(-directory)?\s+(\/etc\/network\/)?interfaces\.d(\/\*|\/lx-agent|\/?\s*$)/m.test(text))
    return [];
  return [{ path: main, content: `${text.replace(/\n*$/, '\n')}\nsource ${path}\n`, claim: 'shared' }];
}

/**
 * interfaces(5) of Debian's ifupdown, also read by ifupdown2 and ifupdown-ng: a stanza an address. An interface that
 * the platform configured is `manual`, and not `auto`: what `ifup -a` brought up, `ifdown -a` would take down, with
 * its addresses and routes, whatever its method.
 */
export function renderInterfaces(network: Network): string {
  const stanzas = network.interfaces.map((one) => (one.policy === 'hands-off' ? handsOff(one) : full(one)));
  return ['# Written by lx-agent from sdc:nics and sdc:routes.', ...stanzas].join('\n\n').concat('\n');
}

function handsOff({ name }: Interface): string {
  return `iface ${name} inet manual`;
}

interface Stanza {
  readonly family: 'inet' | 'inet6';
  readonly method: 'static' | 'dhcp' | 'auto' | 'manual';
  readonly address?: Cidr;
}

function full(one: Interface): string {
  const stanzas = stanzasOf(one);
  const defaults = defaultRoutes(one).map((route) => ({ route, stanza: stanzaFor(route, stanzas) }));
  const commanded = [
    ...defaults.filter(({ stanza }) => stanza === undefined).map(({ route }) => route),
    ...one.routes,
  ];
  const text = stanzas.map((stanza, index) => {
    const options = [
      ...(stanza.address === undefined ? [] : [`address ${stanza.address}`]),
      ...(index === 0 && one.mtu !== undefined ? [`pre-up ip link set dev ${one.name} mtu ${one.mtu}`] : []),
      ...defaults
        .filter((candidate) => candidate.stanza === stanza)
        .map(({ route }) => `gateway ${route.gateway}`),
      ...(index === stanzas.length - 1
        ? commanded.map((route) => `up ${routeCommand(one.name, route).join(' ')}`)
        : []),
    ];
    return [
      `iface ${one.name} ${stanza.family} ${stanza.method}`,
      ...options.map((line) => `    ${line}`),
    ].join('\n');
  });
  return [`auto ${one.name}`, ...text].join('\n');
}

/**
 * Where a default route is a `gateway` option: in the first static stanza of its family, the only method that has
 * it. Nowhere if there is none, or if the gateway is no neighbour: the kernel refuses that one unless it is told that
 * it is on the link, by a command.
 */
function stanzaFor({ destination, onLink }: Route, stanzas: readonly Stanza[]): Stanza | undefined {
  if (onLink) return undefined;
  return stanzas.find(({ family, method }) => method === 'static' && family === familyOf(destination));
}

function stanzasOf(one: Interface): Stanza[] {
  const stanzas: Stanza[] = [
    ...(one.dhcp ? [{ family: 'inet', method: 'dhcp' } as const] : []),
    ...one.addresses.map((address) => ({ family: familyOf(address), method: 'static', address }) as const),
    ...(one.addrconf ? [{ family: 'inet6', method: 'auto' } as const] : []),
  ];
  return stanzas.length > 0 ? stanzas : [{ family: 'inet', method: 'manual' }];
}

function familyOf(cidr: Cidr): 'inet' | 'inet6' {
  return isIpv6(cidr) ? 'inet6' : 'inet';
}
