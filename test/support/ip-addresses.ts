import { BlockList, isIP } from 'node:net';
import type { Cidr, IpAddress } from '../../agent/metadata/values.ts';

// What Node says about addresses. Readers that hold the agent's network files to the metadata ask this, and not the
// agent's own address arithmetic, which they hold as well.

/** Whether the text is an address, without a zone. */
export function isIpAddress(text: string): text is IpAddress {
  return isIP(text) !== 0 && !text.includes('%');
}

/** Whether an address, or the one before a slash, is of the IPv6 family. */
export function isIpv6(text: string): boolean {
  return isIP(text.split('/')[0] ?? '') === 6;
}

/** Whether the text is an address and a prefix length of its family. */
export function isCidr(text: string): text is Cidr {
  const [address = '', length = '', ...rest] = text.split('/');
  return (
    rest.length === 0 &&
    isIpAddress(address) &&
    /^(0|[1-9]\d*)$/.test(length) &&
    Number(length) <= (isIpv6(address) ? 128 : 32)
  );
}

/** Whether an address is in the network of an interface's address. */
export function contains(cidr: Cidr, address: IpAddress): boolean {
  const [own = '', length] = cidr.split('/');
  const family = (text: string) => (isIpv6(text) ? 'ipv6' : 'ipv4');
  // An IPv4 address is also looked for as ::ffff:a.b.c.d.
  if (family(own) !== family(address)) return false;
  const network = new BlockList();
  network.addSubnet(own, Number(length), family(own));
  return network.check(address, family(address));
}
