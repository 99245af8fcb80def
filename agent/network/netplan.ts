import {
  defaultRoutes,
  expectsAddress,
  type Interface,
  type Network,
  type Route,
  usesIpv6,
} from './model.ts';
import type { RenderedFile, Renderer } from './renderer.ts';
import { waitOnline } from './wait-online.ts';

const path = '/etc/netplan/90-lx-agent.yaml';
const heading = '# Written by lx-agent from sdc:nics and sdc:routes.';

/**
 * Ubuntu's netplan, one file for all interfaces. Its mode is 0600, because netplan warns about any other. It uses
 * interface names: the agent finds each interface by its MAC address at each boot, and a zone has no udev for
 * `set-name`. The resolver step configures name resolution.
 */
export const netplan: Renderer = {
  owns: (one) => one === path || isDropIn(one) || waitOnline.owns(one),
  files: async (network) => [
    { path, content: await renderNetplan(network), mode: 0o600 },
    ...network.interfaces.flatMap(dropIn),
    ...waitOnline.files(network),
  ],
  others: ['/etc/netplan', '/run/netplan'].map((folder) => ({
    folder,
    isOne: (name) => name.endsWith('.yaml'),
    configures: isInNetplan,
  })),
  // netplan's generator runs before all services, so at a first boot it has not seen our file.
  takeUp: (one) => (one === path ? ['netplan', 'generate'] : waitOnline.takeUp(one)),
};

const dropIns = '/etc/systemd/network/10-netplan-';
const dropInEnd = '.network.d/lx-agent.conf';

function isDropIn(path: string): boolean {
  return path.startsWith(dropIns) && path.endsWith(dropInEnd);
}

/**
 * A drop-in for the files that netplan generates for networkd, systemd.network(5), with settings that netplan lacks. If
 * no interface expects an address, wait-online never succeeds: it needs one online interface, even if all are
 * `optional`. Only netplan 1.1 and later have a setting for the default route of router advertisements.
 */
function dropIn(one: Interface): RenderedFile[] {
  const sections = [
    ...(expectsAddress(one) ? [] : ['[Link]\nRequiredForOnline=carrier']),
    ...(one.policy === 'full' && one.addrconf && !one.addrconfDefault
      ? ['[IPv6AcceptRA]\nUseGateway=no']
      : []),
  ];
  if (sections.length === 0) return [];
  return [{ path: `${dropIns}${one.name}${dropInEnd}`, content: `${[heading, ...sections].join('\n')}\n` }];
}

/** netplan(5), in the terms that its first release (Ubuntu 18.04) knows too: `0.0.0.0/0` in place of `default`. */
async function renderNetplan(network: Network): Promise<string> {
  const { stringify } = await import('yaml');
  const ethernets = network.interfaces.map((one) => [
    one.name,
    one.policy === 'hands-off' ? handsOff(one) : full(one),
  ]);
  const text = stringify(
    {
      network: { version: 2, ...(ethernets.length > 0 && { ethernets: Object.fromEntries(ethernets) }) },
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  return `${heading}\n${text}`;
}

/**
 * `critical` makes networkd keep the existing configuration at its start and stop, and count the interface as online.
 * Without it, wait-online would time out. `renderer` excludes NetworkManager, which has no such setting.
 */
function handsOff(one: Interface): object {
  return { renderer: 'networkd', critical: true, ...common(one), dhcp4: false, 'accept-ra': false };
}

function full(one: Interface): object {
  const routes = [...defaultRoutes(one), ...one.routes].map(route);
  return {
    ...common(one),
    dhcp4: one.dhcp,
    ...(one.dhcp && !one.dhcpDefault && { 'dhcp4-overrides': { 'use-routes': false } }),
    'accept-ra': one.addrconf,
    ...(one.mtu !== undefined && { mtu: one.mtu }),
    ...(one.addresses.length > 0 && { addresses: one.addresses }),
    ...(routes.length > 0 && { routes }),
  };
}

/** An interface that expects no address is `optional`; one without IPv6 gets no link-local address to wait for. */
function common(one: Interface): object {
  return { ...(!expectsAddress(one) && { optional: true }), 'link-local': usesIpv6(one) ? ['ipv6'] : [] };
}

function route({ destination, gateway, onLink }: Route): object {
  if (gateway === undefined) return { to: destination, scope: 'link' };
  return { to: destination, via: gateway, ...(onLink && { 'on-link': true }) };
}

/**
 * netplan(5): by the interface's name as a key, or by its MAC address in a `match:`. A match by driver or pattern is
 * not detected.
 */
function isInNetplan(text: string, { name, mac }: Interface): boolean {
  const byMac = mac !== undefined && text.toLowerCase().includes(mac);
  return byMac || text.split('\n').some((line) => /^\s+["']?([^\s"':]+)["']?:/.exec(line)?.[1] === name);
}
