import { networkAddress } from '../metadata/addresses.ts';
import { isIpv6 } from '../metadata/values.ts';
import { addressOf } from './addresses.ts';
import type { Interface, Network, Route } from './model.ts';
import type { TableEntry } from './routing-table.ts';

/** The routes of the running machine by family; undefined where it does not tell. */
export interface RoutingTables {
  readonly ipv4: readonly TableEntry[] | undefined;
  readonly ipv6: readonly TableEntry[] | undefined;
}

export interface MissingRoute {
  readonly out: Interface;
  readonly route: Route;
}

/**
 * The static routes that the machine lacks. Where a table cannot be read, all of its family count as missing: to put
 * a route in place that is there changes nothing. Linux holds one route to a destination, so of several the first is
 * wanted, and any of them that is there will do.
 */
export function missingRoutes(network: Network, tables: RoutingTables): MissingRoute[] {
  const present = { ipv4: byDestination(tables.ipv4), ipv6: byDestination(tables.ipv6) };
  const wanted = new Map<string, MissingRoute[]>();
  for (const out of network.interfaces)
    for (const route of out.routes) {
      const destination = networkAddress(route.destination);
      const others = wanted.get(destination);
      if (others === undefined) wanted.set(destination, [{ out, route }]);
      else others.push({ out, route });
    }
  return [...wanted].flatMap(([destination, [first, ...others]]) => {
    if (first === undefined) return [];
    const entries = (isIpv6(destination) ? present.ipv6 : present.ipv4).get(destination) ?? [];
    const isThere = [first, ...others].some((one) => entries.some((entry) => isRoute(entry, one)));
    return isThere ? [] : [first];
  });
}

function byDestination(table: readonly TableEntry[] | undefined): Map<string, TableEntry[]> {
  const entries = new Map<string, TableEntry[]>();
  for (const entry of table ?? []) {
    const others = entries.get(entry.destination);
    if (others === undefined) entries.set(entry.destination, [entry]);
    else others.push(entry);
  }
  return entries;
}

/** illumos shows a route out of an interface with one of that interface's own addresses as its gateway. */
function isRoute(entry: TableEntry, { out, route }: MissingRoute): boolean {
  if (route.gateway !== undefined) return entry.gateway === route.gateway;
  if (entry.gateway === undefined) return entry.device === out.name;
  return out.addresses.some((cidr) => addressOf(cidr) === entry.gateway);
}
