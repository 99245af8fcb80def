import ipaddr from 'ipaddr.js';
import {
  type Cidr,
  canonicalIpv6,
  type IpAddress,
  isCidr,
  isIpAddress,
  isIpv6,
  withPrefixLength,
} from './values.ts';

/** An address in its canonical text form (RFC 5952 for IPv6); undefined when the text is not an address. */
export function parseAddress(text: string): IpAddress | undefined {
  if (isIpv6(text)) return canonicalIpv6(text);
  return isIpAddress(text) ? text : undefined;
}

/** An address that a host or a router can have: neither the unspecified address nor a multicast group. */
export function parseHostAddress(text: string): IpAddress | undefined {
  const address = parseAddress(text);
  return address !== undefined && isHost(address) ? address : undefined;
}

/** By RFC 1122, section 3.2.1.3, and RFC 4291, sections 2.5.2 and 2.7. */
function isHost(address: IpAddress): boolean {
  if (isIpv6(address)) return address !== '::' && !(address.startsWith('ff') && address.indexOf(':') === 4);
  const first = Number.parseInt(address, 10);
  return first !== 0 && (first < 224 || first > 239) && address !== '255.255.255.255';
}

/** A host's address with its prefix length, host bits kept; an IPv4 address without one takes it from the netmask. */
export function parseInterfaceAddress(text: string, netmask: string | undefined): Cidr | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const host = parseHostAddress(address);
  if (host === undefined || rest.length > 0) return undefined;
  const length = prefix ?? (isIpv6(host) ? undefined : prefixOfNetmask(netmask));
  return length === undefined || length === '0' ? undefined : withPrefixLength(host, length);
}

/** A route's destination: a network with its host bits cleared, or a host as `/32` or `/128`. */
export function parseDestination(text: string): Cidr | undefined {
  const host = parseAddress(text);
  if (host !== undefined) return withPrefixLength(host, isIpv6(host) ? '128' : '32');
  if (!isCidr(text)) return undefined;
  const cidr = networkAddress(text);
  return isCidr(cidr) ? cidr : undefined;
}

/** The network of `address/prefix length`: the host bits are cleared, and the spelling is canonical. */
export function networkAddress(cidr: string): string {
  const [address = '', length] = cidr.split('/');
  const bytes = parsed(address).toByteArray();
  const network = bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, Number(length) - 8 * index));
    return byte & (0xff00 >> kept);
  });
  return `${ipaddr.fromByteArray(network)}/${length}`;
}

/**
 * The library's object for an address, used for calculation. The library's own parser is avoided because its patterns
 * ignore case: to compile them, V8 queries ICU for all of Unicode, and each start would pay for that.
 */
function parsed(address: string): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!isIpv6(address)) return new ipaddr.IPv4(address.split('.').map(Number));
  const [before = [], after = []] = (canonicalIpv6(address) ?? '')
    .split('::')
    .map((groups) => (groups === '' ? [] : groups.split(':').map((group) => Number.parseInt(group, 16))));
  const between = new Array<number>(8 - before.length - after.length).fill(0);
  return new ipaddr.IPv6([...before, ...between, ...after]);
}

/** The prefix length of a contiguous IPv4 netmask, as text. */
function prefixOfNetmask(netmask: string | undefined): string | undefined {
  if (netmask === undefined || !isIpAddress(netmask) || isIpv6(netmask)) return undefined;
  return parsed(netmask).prefixLengthFromSubnetMask()?.toString();
}

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

/** Whether an address is in the same network as an interface's CIDR address. */
export function contains(cidr: Cidr, address: IpAddress): boolean {
  if (isIpv6(cidr) !== isIpv6(address)) return false;
  return networkAddress(`${address}/${prefixLength(cidr)}`) === networkAddress(cidr);
}
