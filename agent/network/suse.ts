import { withHostRoutes } from './host-routes.ts';
import { defaultRoutes, type Interface, type Route } from './model.ts';
import { isInterfaceName } from './names.ts';
import type { RenderedFile, Renderer } from './renderer.ts';

const folder = '/etc/sysconfig/network';
const heading = '# Written by lx-agent from sdc:nics and sdc:routes.';

/** SUSE's files, ifcfg(5) and ifroute(5) of wicked. */
export const suse: Renderer = {
  owns: (path) =>
    isInterfaceName(/^\/etc\/sysconfig\/network\/(?:ifcfg|ifroute)-(.+)$/.exec(path)?.[1] ?? ''),
  files: ({ interfaces }) =>
    interfaces.flatMap((one) => [
      { path: `${folder}/ifcfg-${one.name}`, content: renderSuseIfcfg(one) },
      ...(one.policy === 'full' ? routeFile(one) : []),
    ]),
  idle: [{ masked: 'wicked.service' }],
};

/**
 * Shell assignments, quoted as in wicked's own files. With `STARTMODE='off'`, wicked never sets up the interface, so it
 * neither waits for it nor takes it down.
 */
export function renderSuseIfcfg(one: Interface): string {
  const settings =
    one.policy === 'hands-off'
      ? [
          ['STARTMODE', 'off'],
          ['BOOTPROTO', 'none'],
        ]
      : full(one);
  const lines = settings.map(([name, value]) => `${name}='${value}'`);
  return [heading, ...lines].join('\n').concat('\n');
}

/**
 * IPADDR includes the prefix length; further addresses have a suffix. `static` without an address only brings it up.
 */
function full(one: Interface): string[][] {
  const protocols = [...(one.dhcp ? ['dhcp4'] : []), ...(one.addrconf ? ['auto6'] : [])];
  return [
    ['STARTMODE', 'auto'],
    ['BOOTPROTO', protocols.length > 0 ? protocols.join('+') : 'static'],
    ...one.addresses.map((address, index) => [index === 0 ? 'IPADDR' : `IPADDR_${index}`, address]),
    ...(one.mtu === undefined ? [] : [['MTU', `${one.mtu}`]]),
    ...(one.dhcp && !one.dhcpDefault ? [['DHCLIENT_SET_DEFAULT_ROUTE', 'no']] : []),
  ];
}

/**
 * ifroute-ethN: destination, gateway, netmask (obsolete), interface; a dash for a missing value. wicked has no
 * `onlink`.
 */
function routeFile(one: Interface): RenderedFile[] {
  const routes = withHostRoutes([...defaultRoutes(one), ...one.routes]);
  if (routes.length === 0) return [];
  const content = [heading, ...routes.map((route) => routeLine(one.name, route))].join('\n').concat('\n');
  return [{ path: `${folder}/ifroute-${one.name}`, content }];
}

function routeLine(device: string, { destination, gateway }: Route): string {
  return `${destination} ${gateway ?? '-'} - ${device}`;
}
