import { isCidr, isIpv6 } from '../metadata/values.ts';
import type { Route } from './model.ts';

/**
 * The same routes without `onLink`, for formats that have no such option. A route to the gateway itself precedes the first
 * route through that gateway. A link-local gateway (fe80::/10) is always on the link.
 */
export function withHostRoutes(routes: readonly Route[]): Route[] {
  const direct = new Set(
    routes.filter(({ gateway }) => gateway === undefined).map(({ destination }) => destination),
  );
  return routes.flatMap((route) => {
    const host = hostOf(route);
    if (host === undefined || direct.has(host)) return [{ ...route, onLink: false }];
    direct.add(host);
    return [
      { destination: host, gateway: undefined, onLink: false },
      { ...route, onLink: false },
    ];
  });
}

function hostOf({ gateway, onLink }: Route): Route['destination'] | undefined {
  if (!onLink || gateway === undefined || /^fe[89ab]/.test(gateway)) return undefined;
  const host = `${gateway}/${isIpv6(gateway) ? 128 : 32}`;
  return isCidr(host) ? host : undefined;
}
