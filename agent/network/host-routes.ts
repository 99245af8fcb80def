import { isCidr, isIpv6 } from '../metadata/values.ts';
import type { Route } from './model.ts';

/**
 * The same routes without `onLink`, for formats that cannot say it: a route to the gateway itself goes before the first
 * route by that gateway. A link-local gateway (fe80::/10) is on the link in any case.
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
