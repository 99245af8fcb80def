import ipaddr from 'ipaddr.js';
import { isIpv6 } from '../metadata/values.ts';
import type { Route } from './model.ts';

/** A route that the kernel has. Addresses are in normalized form; see `normalized`. */
export interface KernelRoute {
  readonly device: string;
  readonly destination: string;
  /** Undefined for a destination that is on the link itself. */
  readonly gateway: string | undefined;
}

/** Linux's flags of a route, as both files have them in hexadecimal: it is in use; it rejects what is sent there. */
const up = 0x0001;
const reject = 0x0200;

/**
 * The routes in /proc/net/route, proc(5): a heading, then a line a route, its IPv4 addresses as 32-bit numbers in the
 * byte order of the processor, which is little-endian on x86. A line that is not of this form is passed over.
 */
export function parseIpv4Routes(text: string): KernelRoute[] {
  return text.split('\n').flatMap((line) => {
    const [device, destination, gateway, flags, , , , mask] = line.trim().split(/\s+/);
    const address = littleEndian(destination);
    const next = littleEndian(gateway);
    const prefix = littleEndian(mask)?.prefixLengthFromSubnetMask() ?? null;
    if (device === undefined || address === undefined || next === undefined || prefix === null) return [];
    if (!usable(flags)) return [];
    return [{ device, destination: `${address}/${prefix}`, gateway: unlessZero(next) }];
  });
}

/**
 * The routes in /proc/net/ipv6_route: no heading; destination and its prefix length, source and its prefix length,
 * next hop, metric, two counters, flags and device, all numbers in hexadecimal and addresses in network byte order.
 */
export function parseIpv6Routes(text: string): KernelRoute[] {
  return text.split('\n').flatMap((line) => {
    const [destination, prefix, , , gateway, , , , flags, device] = line.trim().split(/\s+/);
    const address = networkOrder(destination);
    const next = networkOrder(gateway);
    if (device === undefined || address === undefined || next === undefined) return [];
    if (prefix === undefined || !/^[0-9a-f]{2}$/i.test(prefix) || !usable(flags)) return [];
    return [
      {
        device,
        destination: `${address.toNormalizedString()}/${Number.parseInt(prefix, 16)}`,
        gateway: unlessZero(next),
      },
    ];
  });
}

/**
 * Whether a table holds a route. One by a next hop is told by destination and next hop. One on the link itself is told
 * by destination and device; illumos, under lx, may show one of our own addresses as its next hop.
 */
export function isInTable(
  table: readonly KernelRoute[],
): (device: string, own: readonly string[], route: Route) => boolean {
  const byDestination = Map.groupBy(table, ({ destination }) => destination);
  return (device, own, { destination, gateway }) =>
    (byDestination.get(normalized(destination)) ?? []).some((there) => {
      if (gateway !== undefined) return there.gateway === normalized(gateway);
      if (there.gateway === undefined) return there.device === device;
      return own.some((address) => normalized(address) === there.gateway);
    });
}

/** An address, or a network with its prefix length and without host bits, written in the one form that is compared. */
function normalized(text: string): string {
  if (!text.includes('/')) return ipaddr.parse(text).toNormalizedString();
  const network = isIpv6(text)
    ? ipaddr.IPv6.networkAddressFromCIDR(text)
    : ipaddr.IPv4.networkAddressFromCIDR(text);
  return `${network.toNormalizedString()}/${text.slice(text.indexOf('/') + 1)}`;
}

function littleEndian(hex: string | undefined): ipaddr.IPv4 | undefined {
  if (hex === undefined || !/^[0-9a-f]{8}$/i.test(hex)) return undefined;
  return new ipaddr.IPv4([...Buffer.from(hex, 'hex').reverse()]);
}

function networkOrder(hex: string | undefined): ipaddr.IPv6 | undefined {
  if (hex === undefined || !/^[0-9a-f]{32}$/i.test(hex)) return undefined;
  return new ipaddr.IPv6([...Buffer.from(hex, 'hex')]);
}

function usable(flags: string | undefined): boolean {
  if (flags === undefined || !/^[0-9a-f]{4,8}$/i.test(flags)) return false;
  const bits = Number.parseInt(flags, 16);
  return (bits & up) !== 0 && (bits & reject) === 0;
}

function unlessZero(address: ipaddr.IPv4 | ipaddr.IPv6): string | undefined {
  return address.toByteArray().every((byte) => byte === 0) ? undefined : address.toNormalizedString();
}
