import * as v from 'valibot';
import type { Interface, Network } from '../../../agent/network/model.ts';
import { contains, isIpv6 } from '../../support/ip-addresses.ts';
import type { Machine } from './machine.ts';

/** What the kernel has of a network: global addresses and routes as words that sort, and the MTUs. */
export interface Observed {
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
  readonly mtus: readonly string[];
}

const linkSchema = v.array(
  v.object({
    ifname: v.string(),
    mtu: v.number(),
    addr_info: v.array(v.object({ local: v.string(), prefixlen: v.number(), scope: v.string() })),
  }),
);
const routeSchema = v.array(
  v.object({
    dst: v.string(),
    gateway: v.optional(v.string()),
    dev: v.string(),
    protocol: v.optional(v.string()),
  }),
);

/** Ask ip(8). Routes that the kernel makes of addresses are none of ours; ifupdown2 marks its own like them. */
export async function observe(machine: Pick<Machine, 'run'>): Promise<Observed> {
  const links = v
    .parse(linkSchema, JSON.parse(await machine.run('ip', '-j', 'address')))
    .filter(({ ifname }) => ifname.startsWith('eth'));
  const routes = async (family: string) =>
    v
      .parse(routeSchema, JSON.parse((await machine.run('ip', '-j', family, 'route')) || '[]'))
      .filter(
        ({ protocol, gateway, dev }) =>
          (protocol !== 'kernel' || gateway !== undefined) && dev.startsWith('eth'),
      )
      .map(({ dst, gateway, dev }) => routeWords(dst === 'default' ? everything(family) : dst, gateway, dev));
  return {
    addresses: links
      .flatMap(({ ifname, addr_info }) =>
        addr_info
          .filter(({ scope }) => scope === 'global')
          .map(({ local, prefixlen }) => `${ifname} ${local}/${prefixlen}`),
      )
      .sort(),
    routes: [...(await routes('-4')), ...(await routes('-6'))].sort(),
    mtus: links.map(({ ifname, mtu }) => `${ifname} ${mtu}`).sort(),
  };
}

function everything(family: string): string {
  return family === '-6' ? '::/0' : '0.0.0.0/0';
}

function routeWords(destination: string, gateway: string | undefined, device: string): string {
  const network = destination.includes('/')
    ? destination
    : `${destination}/${isIpv6(destination) ? 128 : 32}`;
  return `${network} ${gateway === undefined ? '' : `via ${gateway} `}dev ${device}`;
}

/** What the kernel is to have by the model. */
export function modelled({ interfaces }: Network): Observed {
  return {
    addresses: interfaces.flatMap(({ name, addresses }) => addresses.map((cidr) => `${name} ${cidr}`)).sort(),
    routes: interfaces
      .flatMap((one) => routesOf(one).map(({ to, by }) => routeWords(to, by, one.name)))
      .sort(),
    mtus: interfaces.map(({ name, mtu = 1500 }) => `${name} ${mtu}`).sort(),
  };
}

/** All routes that the model has of an interface, its gateways as the default routes that they stand for. */
function routesOf({ gateways, addresses, routes }: Interface) {
  return [
    ...gateways.map((gateway) => ({
      to: everything(isIpv6(gateway) ? '-6' : '-4'),
      by: gateway,
      onLink: !addresses.some((own) => contains(own, gateway)),
    })),
    ...routes.map(({ destination, gateway, onLink }) => ({ to: destination, by: gateway, onLink })),
  ];
}

function hasIpv6(one: Interface): boolean {
  return one.addrconf || [...one.addresses, ...routesOf(one).map(({ to }) => to)].some(isIpv6);
}

/** Give the interfaces their addresses and routes, as the platform does before init. */
export async function configureAsPlatform(machine: Machine, { interfaces }: Network): Promise<void> {
  for (const one of interfaces) {
    // illumos makes a link-local address only where something is IPv6.
    if (!hasIpv6(one)) await machine.run('ip', 'link', 'set', one.name, 'addrgenmode', 'none');
    await machine.run('ip', 'link', 'set', one.name, 'up', 'mtu', String(one.mtu ?? 1500));
    for (const address of one.addresses)
      await machine.run(
        'ip',
        'address',
        'add',
        address,
        'dev',
        one.name,
        ...(isIpv6(address) ? ['nodad'] : []),
      );
    if (hasIpv6(one))
      await machine.run(
        ...(['timeout', '10', 'sh', '-c'] as const),
        'until ip -6 address show dev "$0" scope link | grep -q inet6; do sleep 0.1; done',
        one.name,
      );
  }
  for (const one of interfaces)
    for (const { to, by, onLink } of routesOf(one))
      await machine.run(
        ...(['ip', 'route', 'add', to] as const),
        ...(by === undefined ? [] : ['via', by]),
        ...['dev', one.name],
        ...(onLink ? ['onlink'] : []),
      );
}

/** Every address and route of the interfaces, link-local ones and the kernel's own too, as ip(8) tells them. */
export async function snapshot(machine: Machine): Promise<string> {
  return await machine.run(
    'sh',
    '-euc',
    "{ ip -o address | awk '{ print $2, $3, $4 }'; ip route; ip -6 route; } | grep eth | sort",
  );
}

/** What NetworkManager has in place of `onlink`: a route to a gateway that is in none of the interface's networks. */
export function toFarGateways({ interfaces }: Network): string[] {
  return interfaces.flatMap((one) =>
    routesOf(one).flatMap(({ by, onLink }) =>
      onLink && by !== undefined && !by.startsWith('fe80:') ? [`${by}/32 dev ${one.name}`] : [],
    ),
  );
}
