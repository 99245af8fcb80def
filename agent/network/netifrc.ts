import { acceptAdvertisements } from './accept-advertisements.ts';
import { defaultRoutes, type Interface, type Route } from './model.ts';
import { isInterfaceName } from './names.ts';
import type { Renderer } from './renderer.ts';

const heading = '# Written by lx-agent from sdc:nics and sdc:routes.';

const prefix = '/etc/conf.d/net.';
const services = '/etc/init.d/net.';
const script = `${services}lo`;

/**
 * Gentoo's netifrc, by its net.example. OpenRC reads /etc/conf.d/net and then /etc/conf.d/net.ethN for the service
 * net.ethN, so that each interface has its own file, and /etc/conf.d/net remains the owner's. The service is
 * netifrc's one script under the interface's name, and a runlevel that comes after the early stage's starts it; an
 * interface that the platform configured needs none.
 */
export const netifrc: Renderer = {
  owns: (path) => path.startsWith(prefix) && isInterfaceName(path.slice(prefix.length)),
  files: ({ interfaces }, root) =>
    interfaces.map((one) => ({
      path: prefix + one.name,
      content: renderNetifrc(one),
      linked: one.policy === 'full' && root.entry(script) !== undefined,
    })),
  linksOf(path) {
    const name = path.slice(prefix.length);
    const service = services + name;
    return [
      { path: service, target: 'net.lo' },
      { path: `/etc/runlevels/default/net.${name}`, target: service },
    ];
  },
  // OpenRC has already read the services. It notices a new one only if that is a whole second newer than its cache.
  takeUp: (path) => (path.startsWith(services) ? ['rc-update', '--update'] : undefined),
};

/** Shell: `config_ethN` and `routes_ethN` are lists, one item on each line. */
export function renderNetifrc(one: Interface): string {
  const lines = one.policy === 'hands-off' ? handsOff(one) : full(one);
  return [heading, ...lines].join('\n').concat('\n');
}

/**
 * `null` configures nothing. Stopping the service would still remove all addresses, so predown fails to prevent that.
 */
function handsOff(one: Interface): string[] {
  return [`${variable('config', one)}="null"`, 'predown() {', '    return 1', '}'];
}

function full(one: Interface): string[] {
  const configured = [...(one.dhcp ? ['dhcp'] : []), ...one.addresses];
  const routes = [...defaultRoutes(one), ...one.routes].map(routeLine);
  return [
    list(variable('config', one), configured.length > 0 ? configured : ['null']),
    ...(routes.length > 0 ? [list(variable('routes', one), routes)] : []),
    ...(one.mtu === undefined ? [] : [`${variable('mtu', one)}="${one.mtu}"`]),
    ...(one.dhcp ? dhcpOptions(one) : []),
    'preup() {',
    ...acceptAdvertisements(one).map((command) => `    ${command}`),
    '}',
  ];
}

/** By default, dhcpcd requests IPv6 too. */
function dhcpOptions(one: Interface): string[] {
  return [
    `${variable('dhcpcd', one)}="-4"`,
    ...(one.dhcpDefault ? [] : [`${variable('dhcp', one)}="nogateway"`]),
  ];
}

/** In the name of a variable, underscores replace the characters that are not letters or digits. */
function variable(what: string, { name }: Interface): string {
  return `${what}_${name.replace(/\W/g, '_')}`;
}

function list(name: string, items: readonly string[]): string {
  return `${name}="${items.join('\n')}"`;
}

/** The arguments of `ip route append`, without the device. */
function routeLine({ destination, gateway, onLink }: Route): string {
  return [
    destination,
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...(onLink ? ['onlink'] : []),
  ].join(' ');
}
