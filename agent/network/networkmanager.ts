import { isIpv6 } from '../metadata/values.ts';
import { withHostRoutes } from './host-routes.ts';
import { othersIfcfg } from './ifcfg.ts';
import { defaultRoutes, type Interface, isDefault, type Route } from './model.ts';
import type { RenderedFile, Renderer } from './renderer.ts';

const profiles = '/etc/NetworkManager/system-connections';
const leaveAlone = '/etc/NetworkManager/conf.d/90-lx-agent-network.conf';

/**
 * NetworkManager: a keyfile for each interface, nm-settings-keyfile(5), and a drop-in of NetworkManager.conf(5) that
 * lists the unmanaged interfaces. NetworkManager reads a keyfile only if its mode is 0600. Keyfiles have no UUID:
 * NetworkManager derives one from the file's name. The resolver step configures name resolution.
 */
export const networkmanager: Renderer = {
  owns: (path) =>
    path === leaveAlone ||
    /^\/etc\/NetworkManager\/system-connections\/lx-agent-[^/]+\.nmconnection$/.test(path),
  files: ({ interfaces }) => {
    const alone = interfaces.filter(({ policy }) => policy === 'hands-off');
    return [
      ...(alone.length === 0 ? [] : [{ path: leaveAlone, content: renderLeaveAlone(alone) }]),
      ...interfaces.filter(({ policy }) => policy === 'full').map(profile),
    ];
  },
  others: [
    {
      folder: '/etc/NetworkManager/system-connections',
      isOne: () => true,
      configures: (text, { name }) => {
        const wanted = /^interface-name=(.*)$/m.exec(text)?.[1]?.trim();
        return wanted === undefined ? /^type=(802-3-)?ethernet\s*$/m.test(text) : wanted === name;
      },
    },
    othersIfcfg,
  ],
  idle: [{ masked: 'NetworkManager.service' }],
};

const heading = '# Written by lx-agent from sdc:nics and sdc:routes.';

function renderLeaveAlone(interfaces: readonly Interface[]): string {
  const names = interfaces.map(({ name }) => `interface-name:${name}`);
  return `${heading}\n[keyfile]\nunmanaged-devices+=${names.join(';')}\n`;
}

function profile(one: Interface): RenderedFile {
  return {
    path: `${profiles}/lx-agent-${one.name}.nmconnection`,
    content: renderKeyfile(one),
    mode: 0o600,
  };
}

/**
 * The connection profile of one interface. NetworkManager reaches any gateway of a profile; with the option `onlink` of a
 * route, 1.30 gives the interface no address at all.
 */
export function renderKeyfile(one: Interface): string {
  const sections = [
    ['[connection]', `id=lx-agent-${one.name}`, 'type=ethernet', `interface-name=${one.name}`],
    ['[ethernet]', ...(one.mtu === undefined ? [] : [`mtu=${one.mtu}`])],
    ['[ipv4]', ...family(one, false)],
    ['[ipv6]', ...family(one, true)],
  ];
  return [heading, ...sections.map((lines) => lines.join('\n'))].join('\n\n').concat('\n');
}

function family(one: Interface, v6: boolean): string[] {
  const of = <Item>(items: readonly Item[], address: (item: Item) => string) =>
    items.filter((item) => isIpv6(address(item)) === v6);
  const addresses = of(one.addresses, (address) => address);
  const defaults = of(defaultRoutes(one), ({ destination }) => destination);
  // A profile with a gateway but no address of its family is invalid: then the default route is in the list of routes.
  const asGateway = addresses.length > 0 ? defaults : [];
  const routes = withHostRoutes([
    ...defaults.filter((route) => !asGateway.includes(route)),
    ...of(one.routes, ({ destination }) => destination),
  ]);
  const automatic = v6 ? one.addrconf : one.dhcp;
  const withoutDefault = automatic && !(v6 ? one.addrconfDefault : one.dhcpDefault);
  return [
    `method=${automatic ? 'auto' : addresses.length > 0 ? 'manual' : routes.length > 0 && v6 ? 'link-local' : 'disabled'}`,
    ...addresses.map((address, index) => `address${index + 1}=${address}`),
    ...asGateway.map(({ gateway }) => `gateway=${gateway}`),
    ...routes.map(route),
    // `never-default` would also reject a default route in the profile.
    ...(withoutDefault
      ? [[...defaults, ...routes].some(isDefault) ? 'ignore-auto-routes=true' : 'never-default=true']
      : []),
  ];
}

function route({ destination, gateway }: Route, index: number): string {
  return `route${index + 1}=${destination}${gateway === undefined ? '' : `,${gateway}`}`;
}
