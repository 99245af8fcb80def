import ipaddr from 'ipaddr.js';

/** A route of the running machine. */
export interface TableEntry {
  readonly device: string;
  /** A network in its canonical text form, `10.0.0.0/8`. */
  readonly destination: string;
  /** The next hop; undefined for a destination on the link. */
  readonly gateway: string | undefined;
}

/** The flags of <linux/route.h> that matter here. */
const up = 0x1;
const reject = 0x200;

/**
 * Reads `/proc/net/route`: a header, then device, destination, gateway, flags, reference count, use, metric and mask;
 * addresses are hexadecimal in the byte order of the machine, and lx runs on x86-64 only. The result
 * is undefined if the header is missing.
 */
export function parseIpv4Table(text: string): TableEntry[] | undefined {
  const [header = '', ...lines] = text.split('\n');
  if (!header.startsWith('Iface')) return undefined;
  return lines.flatMap((line) => {
    const [device = '', destination, gateway, flags = '0', , , , mask] = line.trim().split(/\s+/);
    if (!isHex(destination, 8) || !isHex(gateway, 8) || !isHex(mask, 8) || !isUsable(flags)) return [];
    const length = new ipaddr.IPv4(octets(mask)).prefixLengthFromSubnetMask();
    if (length === null) return [];
    const next = dotted(gateway);
    return [
      {
        device,
        destination: `${dotted(destination)}/${length}`,
        gateway: next === '0.0.0.0' ? undefined : next,
      },
    ];
  });
}

/**
 * Reads `/proc/net/ipv6_route`: destination, its prefix length, source, its prefix length, next hop, metric, reference
 * count, use, flags and device, all hexadecimal except the device. It has no header, so an empty text counts as no
 * table.
 */
export function parseIpv6Table(text: string): TableEntry[] | undefined {
  if (text.trim() === '') return undefined;
  return text.split('\n').flatMap((line) => {
    const [destination, length, , , nextHop, , , , flags = '0', device = ''] = line.trim().split(/\s+/);
    if (!isHex(destination, 32) || !isHex(length, 2) || !isHex(nextHop, 32) || !isUsable(flags)) return [];
    const next = colons(nextHop);
    return [
      {
        device,
        destination: `${colons(destination)}/${Number.parseInt(length, 16)}`,
        gateway: next === '::' ? undefined : next,
      },
    ];
  });
}

function isHex(text: string | undefined, digits: number): text is string {
  return text !== undefined && text.length === digits && /^[0-9A-Fa-f]+$/.test(text);
}

function isUsable(flags: string): boolean {
  const bits = Number.parseInt(flags, 16);
  return (bits & up) !== 0 && (bits & reject) === 0;
}

function octets(hex: string): number[] {
  return [...Buffer.from(hex, 'hex').reverse()];
}

function dotted(hex: string): string {
  return octets(hex).join('.');
}

function colons(hex: string): string {
  return ipaddr.fromByteArray([...Buffer.from(hex, 'hex')]).toString();
}
