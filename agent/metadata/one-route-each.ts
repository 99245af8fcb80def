import type { Nic } from './nics.ts';
import type { StaticRoute } from './routes.ts';
import { isIpv6 } from './values.ts';

/** A description of the route to each destination, for messages. The key is the destination in its canonical form. */
type Held = Map<string, string>;
type Report = (key: 'sdc:nics' | 'sdc:routes', reason: string) => void;

/**
 * Keeps one route for each destination: network formats treat a second one in different ways, and Linux keeps one. The
 * route that the platform sets first is kept. The platform's order (lxinit.c of illumos) is link-local routes, then the
 * gateways of the primary NIC, then the other routes. Every later route is reported and left out.
 */
export function oneRouteEach(
  nics: readonly Nic[],
  routes: readonly StaticRoute[],
  report: Report,
): { readonly nics: readonly Nic[]; readonly routes: readonly StaticRoute[] } {
  const held: Held = new Map();
  const kept = new Set(routes.filter((route) => route.linkLocal && isFirst(route, held, report)));
  const withGateways = nics.map((nic) => (nic.primary ? withOneGatewayEach(nic, held, report) : nic));
  for (const route of routes) if (!route.linkLocal && isFirst(route, held, report)) kept.add(route);
  return { nics: withGateways, routes: routes.filter((route) => kept.has(route)) };
}

function isFirst({ destination, gateway, linkLocal }: StaticRoute, held: Held, report: Report): boolean {
  const way = linkLocal ? `out of the interface of ${gateway}` : `by ${gateway}`;
  const before = held.get(destination);
  if (before !== undefined) report('sdc:routes', `the route to ${destination} ${way} is dropped: ${before}`);
  else held.set(destination, `there is one ${way}`);
  return before === undefined;
}

/** Called for the primary NIC only: the gateways of other NICs are not used as routes. */
function withOneGatewayEach(nic: Nic, held: Held, report: Report): Nic {
  const gateways = nic.gateways.filter((gateway) => {
    const destination = everything(isIpv6(gateway));
    const before = held.get(destination);
    if (before !== undefined)
      report('sdc:nics', `gateway ${gateway} of ${nic.name} is dropped: for ${destination} ${before}`);
    else held.set(destination, `there is the gateway ${gateway} of ${nic.name}`);
    return before === undefined;
  });
  return gateways.length === nic.gateways.length ? nic : { ...nic, gateways };
}

function everything(v6: boolean): string {
  return v6 ? '::/0' : '0.0.0.0/0';
}
