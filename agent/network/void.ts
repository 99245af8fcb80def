import { acceptAdvertisements } from './accept-advertisements.ts';
import { defaultRoutes, type Interface, type Network } from './model.ts';
import { matchesPattern } from './names.ts';
import type { Renderer } from './renderer.ts';
import { routeCommand } from './route-command.ts';

const path = '/etc/runit/lx-agent-network';

/**
 * Void has no format of network files, so ours is a shell fragment. It does not edit /etc/rc.local, which the
 * administrator owns. The early stage's core service sources it: stage 1 of runit lists the core services before it runs
 * the first one, so a core service that the first boot created would not run in that boot. Because it is sourced, it must
 * not exit or leave a variable behind. Running it again changes nothing.
 */
export const voidLinux: Renderer = {
  owns: (one) => one === path,
  files: (network) => [{ path, content: renderFragment(network) }],
  others: [
    {
      folder: '/etc/runit/runsvdir/default',
      settings: '/etc/dhcpcd.conf',
      isOne: (name) => /^dhcpcd(-|$)/.test(name),
      configures: isDhcpcds,
    },
  ],
};

/** The commands for each interface; ip-address(8), ip-route(8), dhcpcd(8). */
export function renderFragment({ interfaces }: Network): string {
  const parts = interfaces.map((one) => (one.policy === 'hands-off' ? handsOff(one) : full(one)).join('\n'));
  return ['# Written by lx-agent from sdc:nics and sdc:routes.', ...parts].join('\n\n').concat('\n');
}

function handsOff({ name }: Interface): string[] {
  return [`# ${name}: the platform configures it.`];
}

function full(one: Interface): string[] {
  const { name } = one;
  return [
    `# ${name}`,
    ...acceptAdvertisements(one),
    ...(one.mtu === undefined ? [] : [`ip link set dev ${name} mtu ${one.mtu}`]),
    `ip link set dev ${name} up`,
    ...one.addresses.map((address) => `ip address replace ${address} dev ${name}`),
    ...[...defaultRoutes(one), ...one.routes].map((route) => routeCommand(name, route).join(' ')),
    ...(one.dhcp
      ? [`dhcpcd --quiet --background --ipv4only${one.dhcpDefault ? '' : ' --nogateway'} ${name}`]
      : []),
  ];
}

/** One that is for all interfaces takes those that dhcpcd.conf(5) allows it, all where it names none, and denies it not. */
function isDhcpcds(text: string, { name }: Interface, service: string): boolean {
  if (service !== 'dhcpcd') return service === `dhcpcd-${name}`;
  const patterns = (option: string) =>
    [...text.matchAll(new RegExp(`^[ \\t]*${option}[ \\t]+(.*)$`, 'gm'))].flatMap(([, list = '']) =>
      list.split(/[\s,]+/).filter((pattern) => pattern !== ''),
    );
  const isAmong = (list: readonly string[]) => list.some((pattern) => matchesPattern(pattern, name));
  const allowed = patterns('allowinterfaces');
  return (allowed.length === 0 || isAmong(allowed)) && !isAmong(patterns('denyinterfaces'));
}
