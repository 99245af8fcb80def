import { networkAddress } from '../metadata/addresses.ts';
import { type Cidr, type IpAddress, isIpv6 } from '../metadata/values.ts';

/** The address of `address/prefix length`. */
export function addressOf(cidr: Cidr): string {
  return cidr.slice(0, cidr.indexOf('/'));
}

/** The prefix length, in bits. */
export function prefixLength(cidr: Cidr): number {
  return Number(cidr.slice(cidr.indexOf('/') + 1));
}

/** The IPv4 netmask of a prefix length, `255.255.255.0` for 24. */
export function netmask(length: number): string {
  return [0, 8, 16, 24].map((start) => 256 - 2 ** (8 - Math.min(8, Math.max(0, length - start)))).join('.');
}

/** Whether an address is of the network that an interface's CIDR address is in. */
export function contains(cidr: Cidr, address: IpAddress): boolean {
  if (isIpv6(cidr) !== isIpv6(address)) return false;
  return networkAddress(`${address}/${prefixLength(cidr)}`) === networkAddress(cidr);
}
