import type { IpAddress } from '../../../agent/metadata/values.ts';
import type { Interface, Network, Route } from '../../../agent/network/model.ts';
import { contains, isIpv6 } from '../../support/ip-addresses.ts';
import { cidr } from './values.ts';

/** What a format can say of an interface: all of the model but how the agent came to it. */
export type ReadBack = Omit<Interface, 'mac' | 'policy' | 'lacks'>;

/** The interfaces that the distribution is to configure, as a strict reader of their files must give them back. */
export function configured({ interfaces }: Network): ReadBack[] {
  return rawlyConfigured({ interfaces }).map(withDefaultsAsGateways);
}

function rawlyConfigured({ interfaces }: Pick<Network, 'interfaces'>): ReadBack[] {
  return interfaces
    .filter(({ policy }) => policy === 'full')
    .map(({ mac: _, policy: __, lacks: ___, ...rest }) => rest);
}

/** Few formats tell a gateway from a static route to everything by a next hop. */
function withDefaultsAsGateways(one: ReadBack): ReadBack {
  const isDefault = ({ destination, gateway }: Route) =>
    gateway !== undefined && /^(0\.0\.0\.0|::)\/0$/.test(destination);
  const gateways = [...one.gateways, ...one.routes.filter(isDefault).flatMap(({ gateway }) => gateway ?? [])];
  return {
    ...one,
    gateways: gateways.sort((a, b) => Number(isIpv6(a)) - Number(isIpv6(b))),
    routes: one.routes.filter((route) => !isDefault(route)),
  };
}

/**
 * The same for formats without `onlink`: a gateway in none of the interface's networks has a route of its own before it,
 * unless it is link-local or `isReached` says that the format needs none. Addresses and routes are sorted.
 */
export function configuredByHostRoutes(
  network: Network,
  isReached: (gateway: IpAddress, one: ReadBack) => boolean = () => false,
): ReadBack[] {
  return rawlyConfigured(network).map((one) => {
    const isOutside = (gateway: IpAddress) => !one.addresses.some((own) => contains(own, gateway));
    const far = [
      ...one.gateways.filter((gateway) => isOutside(gateway) && !isReached(gateway, one)),
      ...one.routes.flatMap(({ gateway, onLink }) => (onLink && gateway !== undefined ? [gateway] : [])),
    ].filter((gateway) => !gateway.startsWith('fe80:'));
    const hosts = far.map((gateway) => cidr(`${gateway}/${isIpv6(gateway) ? 128 : 32}`));
    const direct = one.routes
      .filter(({ gateway }) => gateway === undefined)
      .map(({ destination }) => destination);
    const added = [...new Set(hosts)].filter((host) => !direct.includes(host));
    return sorted(
      withDefaultsAsGateways({
        ...one,
        routes: [
          ...added.map((destination) => ({ destination, gateway: undefined, onLink: false })),
          ...one.routes.map((route) => ({ ...route, onLink: false })),
        ],
      }),
    );
  });
}

/** With addresses and routes in an order of their own, for formats that need theirs in another one. */
export function sorted(one: ReadBack): ReadBack {
  const order = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return { ...one, addresses: one.addresses.toSorted(order), routes: one.routes.toSorted(order) };
}

/** The same for wicked, which takes every default route that a router advertises. */
export function withEveryAdvertisedDefault(one: ReadBack): ReadBack {
  return { ...one, addrconfDefault: one.addrconf };
}

/** The names of those that the distribution is to leave alone. */
export function leftAlone({ interfaces }: Network): string[] {
  return interfaces.filter(({ policy }) => policy === 'hands-off').map(({ name }) => name);
}

/** The same with IPv4 before IPv6, for formats that keep the families apart. */
export function byFamily(one: ReadBack): ReadBack {
  return {
    ...one,
    addresses: one.addresses.toSorted((a, b) => Number(isIpv6(a)) - Number(isIpv6(b))),
    routes: one.routes.toSorted((a, b) => Number(isIpv6(a.destination)) - Number(isIpv6(b.destination))),
  };
}

/** NetworkManager reaches the gateway of a profile, which is one with an address of its family. */
export function isReachedByProfile(gateway: IpAddress, { addresses }: ReadBack): boolean {
  return addresses.some((own) => isIpv6(own) === isIpv6(gateway));
}
