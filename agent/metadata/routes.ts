import * as v from 'valibot';
import { parseDestination, parseHostAddress } from './addresses.ts';
import { fieldFault } from './complaints.ts';
import { parseLeniently } from './lenient.ts';
import { type Cidr, type IpAddress, isIpv6 } from './values.ts';

/** A static route. */
export interface StaticRoute {
  /** A network (host bits clear) or a host (`/32`, `/128`). */
  readonly destination: Cidr;
  readonly gateway: IpAddress;
  /** The gateway is one of our own addresses: the route has no next hop and uses the interface of that address. */
  readonly linkLocal: boolean;
}

/** One route as the platform writes it. */
export const routeSchema = v.object({
  dst: v.nullish(v.string()),
  gateway: v.nullish(v.string()),
  linklocal: v.nullish(v.union([v.boolean(), v.picklist(['true', 'false'])])),
});

/** Reads `sdc:routes`. A route that cannot be used is reported and left out. */
export function decodeRoutes(
  items: readonly unknown[],
  report: (reason: string) => void,
): readonly StaticRoute[] {
  return items.flatMap((item, position) => {
    const route = decodeRoute(item, (reason) => report(`[${position}]: ${reason}`));
    return route === undefined ? [] : [route];
  });
}

function decodeRoute(item: unknown, report: (reason: string) => void): StaticRoute | undefined {
  const raw = parseLeniently(routeSchema, item, report);
  if (raw === undefined) return undefined;
  const destination = parseDestination(raw.dst ?? '');
  const gateway = parseHostAddress(raw.gateway ?? '');
  if (destination === undefined) report(fieldFault('dst', raw.dst, 'neither an address nor a network'));
  if (gateway === undefined) report(fieldFault('gateway', raw.gateway, 'not an address'));
  if (destination === undefined || gateway === undefined) return undefined;
  if (isIpv6(destination) !== isIpv6(gateway)) {
    report(`${destination} and its gateway ${gateway} are of two families`);
    return undefined;
  }
  return { destination, gateway, linkLocal: raw.linklocal === true || raw.linklocal === 'true' };
}
