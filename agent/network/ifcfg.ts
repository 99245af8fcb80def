import { addressOf, contains, prefixLength } from '../metadata/addresses.ts';
import { type Cidr, isIpv6 } from '../metadata/values.ts';
import { withHostRoutes } from './host-routes.ts';
import { preparedBlock } from './idle-service.ts';
import { defaultRoutes, type Interface, isDefault, type Route, usesIpv6 } from './model.ts';
import { isInterfaceName } from './names.ts';
import type { OthersFiles, RenderedFile, Renderer } from './renderer.ts';

const folder = '/etc/sysconfig/network-scripts';
const heading = '# Written by lx-agent from sdc:nics and sdc:routes.';
/** The scripts that `ifup` and `ifdown` run for an interface of our DEVICETYPE. */
const idleScripts = [`${folder}/ifup-lx-agent`, `${folder}/ifdown-lx-agent`];

/** ifcfg files that are not ours; NetworkManager reads them too. */
export const othersIfcfg: OthersFiles = {
  folder: '/etc/sysconfig/network-scripts',
  isOne: isIfcfg,
  configures: isDevice,
};

/**
 * Red Hat's ifcfg files, of the network service's sysconfig.txt and nm-settings-ifcfg-rh(5): read by the network
 * service of CentOS 6 to 8, and by NetworkManager up to RHEL 8.
 */
export const ifcfg: Renderer = {
  owns: (path) =>
    idleScripts.includes(path) ||
    isInterfaceName(/^\/etc\/sysconfig\/network-scripts\/(?:ifcfg|route|route6)-(.+)$/.exec(path)?.[1] ?? ''),
  files: ({ interfaces }) => [
    ...(interfaces.some(({ policy }) => policy === 'hands-off') ? idleScripts.map(idle) : []),
    ...interfaces.flatMap((one) => [
      { path: `${folder}/ifcfg-${one.name}`, content: renderIfcfg(one) },
      ...(one.policy === 'full' ? routeFiles(one) : []),
    ]),
  ],
  others: [othersIfcfg],
  idle: [
    { file: '/etc/rc.d/init.d/network', holds: preparedBlock },
    { file: '/etc/systemd/system/network.service', holds: /^ExecStart=\/bin\/touch /m },
    { masked: 'network.service' },
  ],
};

/** Shell assignments. Only lists need quotes, because addresses contain no special characters of the shell. */
export function renderIfcfg(one: Interface): string {
  const lines = one.policy === 'hands-off' ? handsOff() : full(one);
  return [heading, `DEVICE=${one.name}`, ...lines].join('\n').concat('\n');
}

/**
 * ONBOOT=no is not enough: the network service, when it stops, removes the addresses of every interface that has a
 * file. It runs `ifdown-<DEVICETYPE>` for that, and our script does nothing.
 */
function handsOff(): string[] {
  return ['DEVICETYPE=lx-agent', 'ONBOOT=no', 'NM_CONTROLLED=no', 'BOOTPROTO=none'];
}

function full(one: Interface): string[] {
  const ipv4 = gatewaysNetworkFirst(one);
  const [ipv6, ...more] = one.addresses.filter(isIpv6);
  const gateways = defaultRoutes(one).filter(
    ({ onLink, destination }) => !onLink || (!isIpv6(destination) && ipv4.length > 0),
  );
  return [
    'TYPE=Ethernet',
    'ONBOOT=yes',
    `BOOTPROTO=${one.dhcp ? 'dhcp' : 'none'}`,
    ...ipv4.flatMap((cidr, index) => [
      `IPADDR${index === 0 ? '' : index}=${addressOf(cidr)}`,
      `PREFIX${index === 0 ? '' : index}=${prefixLength(cidr)}`,
    ]),
    `IPV6INIT=${usesIpv6(one) ? 'yes' : 'no'}`,
    `IPV6_AUTOCONF=${one.addrconf ? 'yes' : 'no'}`,
    ...(ipv6 === undefined ? [] : [`IPV6ADDR=${ipv6}`]),
    ...(more.length === 0 ? [] : [`IPV6ADDR_SECONDARIES="${more.join(' ')}"`]),
    ...gateways.map(({ destination, gateway }) =>
      isIpv6(destination) ? `IPV6_DEFAULTGW=${gateway}` : `GATEWAY=${gateway}`,
    ),
    ...(one.mtu === undefined ? [] : [`MTU=${one.mtu}`]),
    ...withoutDefault(one),
  ];
}

/**
 * The IPv4 addresses. NetworkManager uses `GATEWAY` only with an `IPADDR` without a number. The network service uses it
 * only if it is in the network of the first address.
 */
function gatewaysNetworkFirst({ addresses, gateways }: Interface): Cidr[] {
  const ipv4 = addresses.filter((address) => !isIpv6(address));
  const first = ipv4.find((cidr) => gateways.some((gateway) => contains(cidr, gateway)));
  return first === undefined ? ipv4 : [first, ...ipv4.filter((cidr) => cidr !== first)];
}

/**
 * Ignores default routes from DHCP and router advertisements. DEFROUTE=no would also reject a default route in the
 * file, so an interface that has one rejects all routes from DHCP.
 */
function withoutDefault(one: Interface): string[] {
  const named = [...defaultRoutes(one), ...one.routes].filter(isDefault);
  const has = (v6: boolean) => named.some(({ destination }) => isIpv6(destination) === v6);
  return [
    ...(one.dhcp && !one.dhcpDefault ? [has(false) ? 'PEERROUTES=no' : 'DEFROUTE=no'] : []),
    ...(one.addrconf && !one.addrconfDefault ? [has(true) ? 'IPV6_PEERROUTES=no' : 'IPV6_DEFROUTE=no'] : []),
  ];
}

/**
 * route-ethN and route6-ethN: each line has the arguments of `ip route add`. The network service needs them for a
 * gateway outside the networks of the interface, because it ignores such a `GATEWAY`. NetworkManager 1.30 does not
 * accept `onlink`.
 */
function routeFiles(one: Interface): RenderedFile[] {
  const routes = withHostRoutes([...defaultRoutes(one).filter(({ onLink }) => onLink), ...one.routes]);
  return [false, true].flatMap((v6) => {
    const ofFamily = routes.filter(({ destination }) => isIpv6(destination) === v6);
    if (ofFamily.length === 0) return [];
    const content = [heading, ...ofFamily.map((route) => routeLine(one.name, route))].join('\n').concat('\n');
    return [{ path: `${folder}/${v6 ? 'route6' : 'route'}-${one.name}`, content }];
  });
}

function routeLine(device: string, { destination, gateway }: Route): string {
  const via = gateway === undefined ? '' : ` via ${gateway}`;
  return `${destination}${via} dev ${device}`;
}

function idle(path: string): RenderedFile {
  return {
    path,
    content: '#!/bin/sh\n# Written by lx-agent: the platform configures this interface.\nexit 0\n',
    mode: 0o755,
  };
}

function isIfcfg(name: string): boolean {
  return /^ifcfg-(?!lo$)[^~]+$/.test(name) && !/\.(rpmsave|rpmnew|rpmorig|bak|orig)$/.test(name);
}

/** By its DEVICE or its HWADDR; by the file's name if it has neither. */
function isDevice(text: string, { name, mac }: Interface, file: string): boolean {
  const value = (key: string) => new RegExp(`^${key}=["']?([^"'\\s]*)`, 'm').exec(text)?.[1];
  const device = value('DEVICE');
  const address = value('HWADDR')?.toLowerCase();
  if (device === undefined && address === undefined) return file === `ifcfg-${name}`;
  return device === name || (mac !== undefined && address === mac);
}
