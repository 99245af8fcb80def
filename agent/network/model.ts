import type { Instance, Nic, StaticRoute } from '../metadata/instance.ts';
import { type Cidr, type Domain, type IpAddress, isCidr, isIpv6, type Mac } from '../metadata/values.ts';
import { contains } from './addresses.ts';

/** The network that an instance is to have: what every renderer writes down in its own format. */
export interface Network {
  readonly interfaces: readonly Interface[];
  readonly resolvers: readonly IpAddress[];
  readonly search: readonly Domain[];
}

/** One interface, by the name that Linux has for it. */
export interface Interface {
  readonly name: string;
  readonly mac: Mac | undefined;
  /** In bytes. */
  readonly mtu: number | undefined;
  /**
   * `hands-off`: the platform has configured it, and the distribution's network service is told to leave it alone.
   * `full`: the distribution's network service configures it.
   */
  readonly policy: 'hands-off' | 'full';
  readonly addresses: readonly Cidr[];
  /** IPv4 by DHCP. */
  readonly dhcp: boolean;
  /** IPv6 by router advertisements. */
  readonly addrconf: boolean;
  /** Default routes, at most one a family; only the primary NIC has any. */
  readonly gateways: readonly IpAddress[];
  readonly routes: readonly Route[];
}

/** A static route out of one interface. */
export interface Route {
  readonly destination: Cidr;
  /** The next hop; undefined for a destination that is on the link itself. */
  readonly gateway: IpAddress | undefined;
  /** The next hop is in none of the interface's networks, so that the kernel has to be told that it is on the link. */
  readonly onLink: boolean;
}

/** An interface that the machine has. */
export interface Link {
  readonly name: string;
  readonly mac: Mac | undefined;
  readonly addresses: readonly IpAddress[];
}

export type PolicyChoice = 'auto' | 'hands-off' | 'full';

/**
 * Lay the metadata over the machine's interfaces: a NIC is the interface with its MAC address, else the one with its
 * number (`net0` is `eth0`); never the one with its name alone. Undefined when the metadata names no NICs at all.
 */
export function networkOf(
  instance: Instance,
  links: readonly Link[],
  choice: PolicyChoice,
): Network | undefined {
  const { nics } = instance;
  if (nics === undefined) return undefined;
  const byMac = new Map(links.flatMap((link) => (link.mac === undefined ? [] : [[link.mac, link] as const])));
  const names = new Map(nics.map((nic) => [nic, nameOf(nic, byMac)]));
  const owners = routeOwners(nics);
  const routes = new Map<Nic, Route[]>();
  for (const route of instance.routes ?? []) {
    const owner = owners(route);
    if (owner === undefined) continue;
    const through = routeThrough(owner, route);
    const before = routes.get(owner);
    if (before === undefined) routes.set(owner, [through]);
    else before.push(through);
  }
  return {
    interfaces: nics.map((nic) => {
      const name = names.get(nic) ?? `eth${nic.index}`;
      return {
        name,
        mac: nic.mac,
        mtu: nic.mtu,
        policy: policyOf(nic, nic.mac === undefined ? undefined : byMac.get(nic.mac), choice),
        addresses: nic.addresses,
        dhcp: nic.dhcp,
        addrconf: nic.addrconf,
        gateways: nic.primary ? firstOfEachFamily(nic.gateways) : [],
        routes: routes.get(nic) ?? [],
      };
    }),
    resolvers: instance.resolvers ?? [],
    // RFC 6762 keeps `local` for multicast DNS.
    search: instance.dnsDomain === undefined || instance.dnsDomain === 'local' ? [] : [instance.dnsDomain],
  };
}

function nameOf(nic: Nic, byMac: ReadonlyMap<Mac, Link>): string {
  return (nic.mac === undefined ? undefined : byMac.get(nic.mac)?.name) ?? `eth${nic.index}`;
}

/** The platform plumbs a zone's interfaces before init: where the first address is there already, hands off. */
function policyOf(nic: Nic, link: Link | undefined, choice: PolicyChoice): Interface['policy'] {
  if (choice !== 'auto') return choice;
  if (link === undefined) return 'hands-off';
  const there = new Set<string>(link.addresses);
  const wanted = nic.addresses.map((cidr) => cidr.slice(0, cidr.indexOf('/')));
  const configured =
    wanted.length > 0 ? wanted.some((address) => there.has(address)) : link.addresses.length > 0;
  return configured || (wanted.length === 0 && !nic.dhcp && !nic.addrconf) ? 'hands-off' : 'full';
}

function firstOfEachFamily(gateways: readonly IpAddress[]): IpAddress[] {
  return [false, true].flatMap((v6) => gateways.find((gateway) => isIpv6(gateway) === v6) ?? []);
}

/** Which NIC a route goes out on: the one whose own address or network holds the gateway, else the primary. */
function routeOwners(nics: readonly Nic[]): (route: StaticRoute) => Nic | undefined {
  const byAddress = new Map(
    nics.flatMap((nic) => nic.addresses.map((cidr) => [cidr.slice(0, cidr.indexOf('/')), nic] as const)),
  );
  const byGateway = new Map<IpAddress, Nic | undefined>();
  const primary = nics.find((nic) => nic.primary) ?? nics[0];
  const neighbour = (gateway: IpAddress): Nic | undefined => {
    const known = byGateway.get(gateway);
    if (known !== undefined) return known;
    const found = nics.find((nic) => nic.addresses.some((cidr) => contains(cidr, gateway)));
    byGateway.set(gateway, found);
    return found;
  };
  return ({ gateway, linkLocal }) => (linkLocal ? byAddress.get(gateway) : neighbour(gateway)) ?? primary;
}

function routeThrough(nic: Nic, { destination, gateway, linkLocal }: StaticRoute): Route {
  if (linkLocal) return { destination, gateway: undefined, onLink: false };
  return { destination, gateway, onLink: !nic.addresses.some((cidr) => contains(cidr, gateway)) };
}

/** The default routes of an interface, as routes. */
export function defaultRoutes({ gateways, addresses }: Interface): Route[] {
  return gateways.map((gateway) => {
    const everything = isIpv6(gateway) ? '::/0' : '0.0.0.0/0';
    if (!isCidr(everything)) throw new TypeError(`${everything} is a network`);
    return { destination: everything, gateway, onLink: !addresses.some((cidr) => contains(cidr, gateway)) };
  });
}

/** Whether an interface is to have an address at all; who waits for the network waits for no other. */
export function expectsAddress({ addresses, dhcp, addrconf }: Interface): boolean {
  return addresses.length > 0 || dhcp || addrconf;
}

/** Whether anything of an interface is IPv6, so that it needs a link-local address. */
export function usesIpv6({ addresses, addrconf, gateways, routes }: Interface): boolean {
  return (
    addrconf || [...addresses, ...gateways, ...routes.map(({ destination }) => destination)].some(isIpv6)
  );
}
