import { addressOf } from '../metadata/addresses.ts';
import { isIpv6 } from '../metadata/values.ts';
import type { Interface, Route } from './model.ts';

/** illumos's own route(8), for images without iproute2 or BusyBox's `ip`. */
export const nativeRoute = '/native/usr/sbin/route';

/** `ip route replace …` for a route out of an interface; ip-route(8). Unlike `add`, it accepts an existing route. */
export function routeCommand(device: string, { destination, gateway, onLink }: Route): [string, ...string[]] {
  return [
    'ip',
    ...(isIpv6(destination) ? ['-6'] : []),
    'route',
    'replace',
    destination,
    ...(gateway === undefined ? [] : ['via', gateway]),
    'dev',
    device,
    ...(onLink ? ['onlink'] : []),
  ];
}

/**
 * The same for illumos's route(8). It names an interface by one of this host's addresses on it; an interface without
 * an address of that family cannot be named: undefined.
 */
export function nativeRouteCommand(
  out: Interface,
  { destination, gateway }: Route,
): [string, ...string[]] | undefined {
  const family = isIpv6(destination) ? ['-inet6'] : ['-inet'];
  if (gateway !== undefined) return [nativeRoute, 'add', ...family, destination, gateway];
  const own = out.addresses.find((cidr) => isIpv6(cidr) === isIpv6(destination));
  return own && [nativeRoute, 'add', ...family, destination, '-interface', addressOf(own)];
}
