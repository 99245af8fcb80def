import { isIpv6 } from '../metadata/values.ts';
import type { Route } from './model.ts';

/** `ip route replace …` for a route out of an interface; ip-route(8). Adding one that is there is no error then. */
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
 * `route add …` of illumos, route(8), which the platform's tools in a zone have. It goes by addresses, not by the
 * names of devices: a destination on the link itself is told by one of our `own` addresses there.
 */
export function nativeRouteCommand(
  own: readonly string[],
  { destination, gateway }: Route,
): [string, ...string[]] {
  const family = isIpv6(destination);
  const through = gateway ?? own.find((address) => isIpv6(address) === family);
  if (through === undefined)
    throw new Error(`${destination}: its interface has no address to send it out from`);
  return [
    'route',
    'add',
    ...(family ? ['-inet6'] : []),
    ...(gateway === undefined ? ['-interface'] : []),
    destination,
    through,
  ];
}
