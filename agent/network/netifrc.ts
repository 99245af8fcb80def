import { defaultRoutes, type Interface, type Route } from './model.ts';
import type { Renderer } from './renderer.ts';

const heading = '# Written by lx-agent from sdc:nics and sdc:routes.';

/**
 * Gentoo's netifrc, by its net.example. OpenRC reads /etc/conf.d/net and then /etc/conf.d/net.ethN for the service
 * net.ethN, so that the interface has a file of its own, and /etc/conf.d/net stays the owner's.
 */
export const netifrc: Renderer = {
  owns: (path) => /^\/etc\/conf\.d\/net\.eth\d+$/.test(path),
  files: ({ interfaces }) =>
    interfaces.map((one) => ({ path: `/etc/conf.d/net.${one.name}`, content: renderNetifrc(one) })),
};

/** Shell: `config_ethN` and `routes_ethN` are lists, an item a line. */
export function renderNetifrc(one: Interface): string {
  const lines = one.policy === 'hands-off' ? handsOff(one) : full(one);
  return [heading, ...lines].join('\n').concat('\n');
}

/** `null` configures nothing; stopping the service would still take all addresses away, but for a predown that fails. */
function handsOff({ name }: Interface): string[] {
  return [`config_${name}="null"`, 'predown() {', '    return 1', '}'];
}

/** Router advertisements are the kernel's to heed; a kernel without IPv6 has no such switch. */
function full(one: Interface): string[] {
  const configured = [...(one.dhcp ? ['dhcp'] : []), ...one.addresses];
  const routes = [...defaultRoutes(one), ...one.routes].map(routeLine);
  return [
    list(`config_${one.name}`, configured.length > 0 ? configured : ['null']),
    ...(routes.length > 0 ? [list(`routes_${one.name}`, routes)] : []),
    ...(one.mtu === undefined ? [] : [`mtu_${one.name}="${one.mtu}"`]),
    'preup() {',
    `    echo ${one.addrconf ? 1 : 0} 2>/dev/null >/proc/sys/net/ipv6/conf/${one.name}/accept_ra || :`,
    '}',
  ];
}

function list(name: string, items: readonly string[]): string {
  return `${name}="${items.join('\n')}"`;
}

/** What follows `ip route append`, without the device. */
function routeLine({ destination, gateway, onLink }: Route): string {
  return [
    destination,
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...(onLink ? ['onlink'] : []),
  ].join(' ');
}
