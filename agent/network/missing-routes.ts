import { addressOf, networkAddress } from '../metadata/addresses.ts';
import { isIpv6 } from '../metadata/values.ts';
import type { Interface, Network, Route } from './model.ts';
import type { TableEntry } from './routing-table.ts';

/** The routes of the running machine by family; undefined if they are unknown. */
export interface RoutingTables {
  readonly ipv4: readonly TableEntry[] | undefined;
  readonly ipv6: readonly TableEntry[] | undefined;
}

export interface MissingRoute {
  readonly out: Interface;
  readonly route: Route;
}

/**
 * The static routes that the machine lacks. If a table cannot be read, all routes of its family count as missing: setting
 * a route that exists changes nothing.
 */
export function missingRoutes(network: Network, tables: RoutingTables): MissingRoute[] {
  const present = { ipv4: byDestination(tables.ipv4), ipv6: byDestination(tables.ipv6) };
  return network.interfaces
    .flatMap((out) => out.routes.map((route) => ({ out, route })))
    .filter((wanted) => {
      const destination = networkAddress(wanted.route.destination);
      const entries = (isIpv6(destination) ? present.ipv6 : present.ipv4).get(destination) ?? [];
      return !entries.some((entry) => isRoute(entry, wanted));
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
