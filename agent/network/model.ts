import { addressOf, contains, networkAddress, prefixLength } from '../metadata/addresses.ts';
import type { Instance } from '../metadata/instance.ts';
import type { Nic } from '../metadata/nics.ts';
import type { StaticRoute } from '../metadata/routes.ts';
import { searchList } from '../metadata/search-list.ts';
import { type Cidr, type Domain, type IpAddress, isCidr, isIpv6, type Mac } from '../metadata/values.ts';

/** The desired network of an instance. Each renderer writes it in its own format. */
export interface Network {
  readonly interfaces: readonly Interface[];
  readonly resolvers: readonly IpAddress[];
  readonly search: readonly Domain[];
}

/** One interface, under its Linux name. */
export interface Interface {
  readonly name: string;
  readonly mac: Mac | undefined;
  /** In bytes. */
  readonly mtu: number | undefined;
  /**
   * `hands-off`: the platform has configured it, and our file keeps the distribution's network service away from it.
   * `full`: the distribution's network service configures it.
   */
  readonly policy: 'hands-off' | 'full';
  /** What the platform did not configure although the metadata names it, for a person. */
  readonly lacks: readonly string[];
  readonly addresses: readonly Cidr[];
  /** IPv4 by DHCP. */
  readonly dhcp: boolean;
  /** IPv6 by router advertisements. */
  readonly addrconf: boolean;
  /**
   * Whether DHCP and router advertisements may set the default route of their family: only on the primary NIC, and only
   * if the metadata has none.
   */
  readonly dhcpDefault: boolean;
  readonly addrconfDefault: boolean;
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
  /** Undefined if unknown. */
  readonly addresses: readonly IpAddress[] | undefined;
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
  const found = linksOf(nics, links);
  const owner = routeOwners(nics);
  const routes = new Map<Nic, Route[]>();
  for (const route of instance.routes ?? []) {
    const through = owner(route);
    if (through === undefined) continue;
    const before = routes.get(through.nic);
    if (before === undefined) routes.set(through.nic, [through.route]);
    else before.push(through.route);
  }
  const named = namedDefaults(instance);
  return {
    interfaces: [...found].map(([nic, link]) => ({
      name: link?.name ?? numbered(nic),
      mac: nic.mac,
      mtu: nic.mtu,
      ...policyAndLacks(nic, link, choice),
      addresses: nic.addresses,
      dhcp: nic.dhcp,
      addrconf: nic.addrconf,
      dhcpDefault: nic.dhcp && nic.primary && !named.ipv4,
      addrconfDefault: nic.addrconf && nic.primary && !named.ipv6,
      gateways: nic.primary ? nic.gateways : [],
      routes: routes.get(nic) ?? [],
    })),
    resolvers: instance.resolvers ?? [],
    search: searchList(instance),
  };
}

/**
 * The link of each NIC. If no link has the NIC's MAC address, it is the link with its number. It is `undefined` if the
 * machine has no link of that name. A NIC is left out if its number belongs to another NIC by MAC address.
 */
function linksOf(nics: readonly Nic[], links: readonly Link[]): ReadonlyMap<Nic, Link | undefined> {
  const byMac = new Map(links.flatMap((link) => (link.mac === undefined ? [] : [[link.mac, link] as const])));
  const byName = new Map(links.map((link) => [link.name, link]));
  const found = new Map(nics.map((nic) => [nic, nic.mac === undefined ? undefined : byMac.get(nic.mac)]));
  const taken = new Set([...found.values()].map((link) => link?.name));
  for (const [nic, link] of found) {
    if (link !== undefined) continue;
    const name = numbered(nic);
    if (taken.has(name)) found.delete(nic);
    else found.set(nic, byName.get(name));
  }
  return found;
}

/** The Linux name of `netN` if nothing else identifies the link. */
function numbered({ index }: Nic): string {
  return `eth${index}`;
}

function policyAndLacks(
  nic: Nic,
  link: Link | undefined,
  choice: PolicyChoice,
): Pick<Interface, 'policy' | 'lacks'> {
  const policy = policyOf(nic, link, choice);
  return {
    policy,
    lacks: policy === 'hands-off' && link?.addresses !== undefined ? lacksOf(nic, link.addresses) : [],
  };
}

/** A lease or an advertisement may still come. The platform's own services then use it. */
function lacksOf(nic: Nic, addresses: readonly IpAddress[]): string[] {
  const there = new Set<string>(addresses);
  const own = new Set(nic.addresses.map(addressOf));
  const further = addresses.filter((address) => !own.has(address) && !address.startsWith('fe80:'));
  return [
    ...nic.addresses.map(addressOf).filter((address) => !there.has(address)),
    ...(nic.dhcp && !further.some((address) => !isIpv6(address)) ? ['an address by DHCP'] : []),
    ...(nic.addrconf && !further.some(isIpv6) ? ['an address by router advertisements'] : []),
  ];
}

/**
 * The platform configures the interfaces of a zone before init starts. So an interface that has an address is hands-off.
 * So is one whose addresses are unknown: that is the usual case, and a service that configures such an interface would
 * remove its address. If only some addresses are there, the missing ones are reported (`lacks`), not added.
 */
function policyOf(nic: Nic, link: Link | undefined, choice: PolicyChoice): Interface['policy'] {
  if (choice !== 'auto') return choice;
  if (link?.addresses === undefined) return 'hands-off';
  const there = new Set<string>(link.addresses);
  const wanted = nic.addresses.map(addressOf);
  if (wanted.length > 0) return wanted.some((address) => there.has(address)) ? 'hands-off' : 'full';
  if (!nic.dhcp && !nic.addrconf) return 'hands-off';
  // An IPv6 interface has a link-local address as soon as it is up, with or without DHCP.
  return link.addresses.some((address) => isIpv6(address) !== nic.dhcp) ? 'hands-off' : 'full';
}

/** The families for which the metadata has a default route: a gateway, or a static route to everything. */
function namedDefaults({ nics = [], routes = [] }: Instance): { ipv4: boolean; ipv6: boolean } {
  const named = [
    ...nics.filter(({ primary }) => primary).flatMap(({ gateways }) => gateways),
    ...routes.filter(isDefault).map(({ gateway }) => gateway),
  ];
  return { ipv4: named.some((gateway) => !isIpv6(gateway)), ipv6: named.some(isIpv6) };
}

/** A static route, and the NIC that it goes out on. */
interface Through {
  readonly nic: Nic;
  readonly route: Route;
}

/** The NIC of a route: the one that has the gateway as an address or in a network, else the primary NIC. */
function routeOwners(nics: readonly Nic[]): (route: StaticRoute) => Through | undefined {
  const byAddress = new Map(
    nics.flatMap((nic) => nic.addresses.map((cidr) => [addressOf(cidr), nic] as const)),
  );
  const neighbourOf = neighbours(nics);
  const primary = nics.find((nic) => nic.primary) ?? nics[0];
  return ({ destination, gateway, linkLocal }) => {
    const own = linkLocal ? byAddress.get(gateway) : neighbourOf(gateway);
    const nic = own ?? primary;
    if (nic === undefined) return undefined;
    return linkLocal
      ? { nic, route: { destination, gateway: undefined, onLink: false } }
      : { nic, route: { destination, gateway, onLink: own === undefined } };
  };
}

/** Find the NIC that has an address in one of its networks. The narrowest network wins. */
function neighbours(nics: readonly Nic[]): (address: IpAddress) => Nic | undefined {
  const byNetwork = new Map<string, Nic>();
  const lengths = { ipv4: new Set<number>(), ipv6: new Set<number>() };
  for (const nic of nics)
    for (const cidr of nic.addresses) {
      const network = networkAddress(cidr);
      if (!byNetwork.has(network)) byNetwork.set(network, nic);
      (isIpv6(cidr) ? lengths.ipv6 : lengths.ipv4).add(prefixLength(cidr));
    }
  const narrowestFirst = {
    ipv4: [...lengths.ipv4].sort((one, other) => other - one),
    ipv6: [...lengths.ipv6].sort((one, other) => other - one),
  };
  return (address) => {
    for (const length of isIpv6(address) ? narrowestFirst.ipv6 : narrowestFirst.ipv4) {
      const nic = byNetwork.get(networkAddress(`${address}/${length}`));
      if (nic !== undefined) return nic;
    }
    return undefined;
  };
}

/** The default routes of an interface, as routes. */
export function defaultRoutes({ gateways, addresses }: Interface): Route[] {
  return gateways.map((gateway) => {
    const everything = isIpv6(gateway) ? '::/0' : '0.0.0.0/0';
    if (!isCidr(everything)) throw new TypeError(`${everything} is a network`);
    return { destination: everything, gateway, onLink: !addresses.some((cidr) => contains(cidr, gateway)) };
  });
}

/** Whether a route leads to everything. */
export function isDefault({ destination }: Pick<Route, 'destination'>): boolean {
  return prefixLength(destination) === 0;
}

/** Whether an interface gets an address at all. Services that wait for the network wait only for such interfaces. */
export function expectsAddress({ addresses, dhcp, addrconf }: Interface): boolean {
  return addresses.length > 0 || dhcp || addrconf;
}

/** Whether an interface uses IPv6, and so needs a link-local address. */
export function usesIpv6({ addresses, addrconf, gateways, routes }: Interface): boolean {
  return (
    addrconf || [...addresses, ...gateways, ...routes.map(({ destination }) => destination)].some(isIpv6)
  );
}
