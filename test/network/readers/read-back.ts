import { isIpv6 } from '../../../agent/metadata/values.ts';
import type { Interface, Network, Route } from '../../../agent/network/model.ts';

/** What a format can say of an interface: all of the model but how the agent came to it. */
export type ReadBack = Omit<Interface, 'mac' | 'policy'>;

/** The interfaces that the distribution is to configure, as a strict reader of their files must give them back. */
export function configured({ interfaces }: Network): ReadBack[] {
  return interfaces
    .filter(({ policy }) => policy === 'full')
    .map(({ mac: _, policy: __, ...rest }) => withDefaultsAsGateways(rest));
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
