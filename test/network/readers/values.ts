import type { Cidr, IpAddress } from '../../../agent/metadata/values.ts';
import type { Route } from '../../../agent/network/model.ts';
import { contains, isCidr, isIpAddress, isIpv6 } from '../../support/ip-addresses.ts';
import type { ReadBack } from './read-back.ts';

/** An address with its prefix length, or an error: a reader lets nothing else pass. */
export function cidr(text: unknown): Cidr {
  if (typeof text !== 'string' || !isCidr(text)) throw new Error(`not address/prefix length: ${text}`);
  return text;
}

/** A plain address, or an error. */
export function address(text: unknown): IpAddress {
  if (typeof text !== 'string' || !isIpAddress(text)) throw new Error(`not an address: ${text}`);
  return text;
}

/** A decimal number, or an error. */
export function number(text: unknown): number {
  if (!/^\d+$/.test(String(text))) throw new Error(`not a number: ${text}`);
  return Number(text);
}

/** One of two words, as true and false, or an error. */
export function flag(text: unknown, yes: string, no: string): boolean {
  if (text !== yes && text !== no) throw new Error(`neither ${yes} nor ${no}: ${text}`);
  return text === yes;
}

/**
 * Default routes become gateways, as the model has them; that they are on the link must be said of those, and only
 * of those, that are in none of the interface's networks, where the format can say it.
 */
export function withGateways(
  one: Omit<ReadBack, 'gateways' | 'routes'>,
  routes: readonly Route[],
  gateways: readonly IpAddress[] = [],
  saysOnLink = true,
): ReadBack {
  const isDefault = ({ destination, gateway }: Route) =>
    gateway !== undefined && (destination === '0.0.0.0/0' || destination === '::/0');
  const all = [
    ...gateways.map((gateway) => ({ gateway, onLink: false })),
    ...routes.filter(isDefault).map(({ gateway, onLink }) => ({ gateway: address(gateway), onLink })),
  ];
  for (const { gateway, onLink } of saysOnLink ? all : [])
    if (onLink === one.addresses.some((own) => contains(own, gateway)))
      throw new Error(`${gateway} ${onLink ? 'is a neighbour' : 'is no neighbour'}`);
  return {
    ...one,
    gateways: [...new Set(all.map(({ gateway }) => gateway))].sort(
      (a, b) => Number(isIpv6(a)) - Number(isIpv6(b)),
    ),
    routes: routes.filter((route) => !isDefault(route)),
  };
}
