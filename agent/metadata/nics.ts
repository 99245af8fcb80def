import * as v from 'valibot';
import { parseHostAddress, parseInterfaceAddress } from './addresses.ts';
import { fieldFault, quote } from './complaints.ts';
import { parseLeniently } from './lenient.ts';
import { type Cidr, type IpAddress, type Mac, normalizeMac } from './values.ts';

/** One network interface of the instance. */
export interface Nic {
  /** The platform's name for it, `net0`. */
  readonly name: string;
  /** The number in that name: `net0` is `eth0` in the zone, unless its MAC address says otherwise. */
  readonly index: number;
  readonly mac: Mac | undefined;
  readonly addresses: readonly Cidr[];
  /** `ips` holds `dhcp`. */
  readonly dhcp: boolean;
  /** `ips` holds `addrconf`: IPv6 by router advertisement. */
  readonly addrconf: boolean;
  readonly gateways: readonly IpAddress[];
  readonly primary: boolean;
  /** In bytes. */
  readonly mtu: number | undefined;
}

/** One NIC as the platform writes it. */
export const nicSchema = v.object({
  interface: v.nullish(v.string()),
  mac: v.nullish(v.string()),
  ip: v.nullish(v.string()),
  netmask: v.nullish(v.string()),
  ips: v.nullish(v.array(v.string())),
  gateway: v.nullish(v.string()),
  gateways: v.nullish(v.array(v.string())),
  primary: v.nullish(v.union([v.boolean(), v.picklist(['true', 'false'])])),
  /** From the minimum of IPv4 (RFC 791) to the maximum of illumos data links. */
  mtu: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(68), v.maxValue(65535))),
});
type RawNic = v.InferOutput<typeof nicSchema>;

/** Reads `sdc:nics`. The faulty parts of a NIC are reported and left out; the other parts are used. */
export function decodeNics(items: readonly unknown[], report: (reason: string) => void): readonly Nic[] {
  const nics: Nic[] = [];
  const names = new Set<string>();
  const macs = new Set<string>();
  for (const [position, item] of items.entries()) {
    const label = (reason: string) => report(`[${position}]: ${reason}`);
    const raw = parseLeniently(nicSchema, item, label);
    const nic = raw === undefined ? undefined : decodeNic(raw, label);
    if (nic === undefined) continue;
    if (names.has(nic.name)) {
      label(`a second ${nic.name}; the first one holds`);
      continue;
    }
    names.add(nic.name);
    const taken = nic.mac !== undefined && macs.has(nic.mac);
    if (taken) label(`the MAC address ${nic.mac} is another NIC's; ${nic.name} goes by its number`);
    if (nic.mac !== undefined) macs.add(nic.mac);
    nics.push(taken ? { ...nic, mac: undefined } : nic);
  }
  return withOnePrimary(nics, report);
}

function decodeNic(raw: RawNic, report: (reason: string) => void): Nic | undefined {
  const number = /^net(0|[1-9]\d{0,3})$/.exec(raw.interface ?? '')?.[1];
  if (typeof raw.interface !== 'string' || number === undefined) {
    report(fieldFault('interface', raw.interface, 'not netN'));
    return undefined;
  }
  const mac = normalizeMac(raw.mac ?? '');
  if (mac === undefined)
    report(`${fieldFault('mac', raw.mac, 'not a MAC address')}; ${raw.interface} goes by its number`);
  const ips = raw.ips ?? (raw.ip ? [raw.ip] : []);
  return {
    name: raw.interface,
    index: Number(number),
    mac,
    addresses: decodeAddresses(ips, raw.netmask ?? undefined, report),
    dhcp: ips.includes('dhcp'),
    addrconf: ips.includes('addrconf'),
    gateways: decodeGateways(raw.gateways ?? (raw.gateway ? [raw.gateway] : []), report),
    primary: raw.primary === true || raw.primary === 'true',
    mtu: raw.mtu ?? undefined,
  };
}

function decodeAddresses(
  ips: readonly string[],
  netmask: string | undefined,
  report: (reason: string) => void,
): readonly Cidr[] {
  const addresses = new Set<Cidr>();
  for (const text of ips) {
    if (text === 'dhcp' || text === 'addrconf') continue;
    const address = parseInterfaceAddress(text, netmask);
    if (address === undefined) report(`${quote(text)} is not an address with a prefix length`);
    else addresses.add(address);
  }
  return [...addresses];
}

function decodeGateways(texts: readonly string[], report: (reason: string) => void): readonly IpAddress[] {
  const gateways = new Set<IpAddress>();
  for (const text of texts) {
    const gateway = parseHostAddress(text);
    if (gateway === undefined) report(`gateway ${quote(text)} is not an address`);
    else gateways.add(gateway);
  }
  return [...gateways];
}

/**
 * Makes exactly one NIC primary, because its gateway is the default route. If several are marked, the first of them is
 * primary. If none is marked, it is the first with a gateway, or else the first NIC.
 */
function withOnePrimary(nics: readonly Nic[], report: (reason: string) => void): readonly Nic[] {
  const marked = nics.filter((nic) => nic.primary);
  if (nics.length === 0 || marked.length === 1) return nics;
  const chosen = marked[0] ?? nics.find((nic) => nic.gateways.length > 0) ?? nics[0];
  report(
    marked.length === 0
      ? `no NIC is primary; taking ${chosen?.name}`
      : `${marked.length} NICs are primary; ${chosen?.name} holds`,
  );
  return nics.map((nic) => ({ ...nic, primary: nic === chosen }));
}
