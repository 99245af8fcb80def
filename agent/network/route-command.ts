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
