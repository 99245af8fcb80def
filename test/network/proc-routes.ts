import ipaddr from 'ipaddr.js';

/** `/proc/net/route` with these lines. */
export function ipv4Table(lines: readonly string[]): string {
  const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  return `${[header, ...lines].join('\n')}\n`;
}

/** A line of it; a route without a gateway is on the link. */
export function ipv4Line(device: string, destination: string, gateway = '0.0.0.0'): string {
  const [address, length] = ipaddr.IPv4.parseCIDR(destination);
  const mask = ipaddr.IPv4.subnetMaskFromPrefixLength(length);
  const hex = (one: ipaddr.IPv4) => Buffer.from(one.octets).reverse().toString('hex').toUpperCase();
  const flags = gateway === '0.0.0.0' ? '0001' : '0003';
  return [device, hex(address), hex(ipaddr.IPv4.parse(gateway)), flags, 0, 0, 0, hex(mask), 0, 0, 0].join(
    '\t',
  );
}

/** A line of `/proc/net/ipv6_route`. */
export function ipv6Line(device: string, destination: string, gateway = '::'): string {
  const [address, length] = ipaddr.IPv6.parseCIDR(destination);
  const hex = (one: ipaddr.IPv6) => Buffer.from(one.toByteArray()).toString('hex');
  const byte = length.toString(16).padStart(2, '0');
  const flags = gateway === '::' ? '00000001' : '00000003';
  const next = hex(ipaddr.IPv6.parse(gateway));
  return `${hex(address)} ${byte} ${'0'.repeat(32)} 00 ${next} 00000400 00000001 00000000 ${flags} ${device.padStart(8)}`;
}
