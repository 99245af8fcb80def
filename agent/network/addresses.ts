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

/** Whether an address is of the network that an interface's CIDR address is in. */
export function contains(cidr: Cidr, address: IpAddress): boolean {
  if (isIpv6(cidr) !== isIpv6(address)) return false;
  return networkAddress(`${address}/${prefixLength(cidr)}`) === networkAddress(cidr);
}
