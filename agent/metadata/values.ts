declare const meaning: unique symbol;
type Meaning<Name extends string> = { readonly [meaning]: Name };

/** A host name or fully qualified domain name: RFC 1123 labels joined by dots, at most 253 characters. */
export type Hostname = string & Meaning<'Hostname'>;
/** A DNS domain, under the same grammar as a host name; also what a resolver's `search` line holds. */
export type Domain = string & Meaning<'Domain'>;
/** An instance id: 8-4-4-4-12 hexadecimal digits. */
export type Uuid = string & Meaning<'Uuid'>;
/** An IPv4 or IPv6 address in its canonical text form (RFC 5952), without prefix length or zone. */
export type IpAddress = string & Meaning<'IpAddress'>;
/** An address or network with a prefix length, `192.0.2.10/24` or `2001:db8::10/64`; host bits are kept. */
export type Cidr = string & Meaning<'Cidr'>;
/** A MAC address: six pairs of lower-case hexadecimal digits joined by colons. */
export type Mac = string & Meaning<'Mac'>;

/** Whether the text is a host name by RFC 1123, section 2.1: labels of 1 to 63 letters, digits and hyphens. */
export function isHostname(text: string): text is Hostname {
  return text.length <= 253 && text.split('.').every(isLabel) && !/^[0-9.]+$/.test(text);
}

/** Whether the text is a DNS domain; unlike a host name it may carry underscores in its labels. */
export function isDomain(text: string): text is Domain {
  return text.length <= 253 && text.split('.').every((label) => isLabel(label.replaceAll('_', 'a')));
}

/** Whether the text is a UUID, in lower or upper case. */
export function isUuid(text: string): text is Uuid {
  return /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/.test(text);
}

/** Whether the text is a plain address: four decimal parts, or IPv6 without a zone. */
export function isIpAddress(text: string): text is IpAddress {
  return isIpv6(text) ? canonicalIpv6(text) !== undefined : isIpv4(text);
}

/** Only `255`, never `0255`, `0xff` or `+255`: an address has one spelling. */
function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 && parts.every((part) => String(Number(part)) === part && 0 <= +part && +part <= 255)
  );
}

/**
 * An IPv6 address in the form of RFC 5952, which the URL standard also uses; undefined when the text is not one. The
 * URL parser is native code; each start would have to compile the patterns of a library.
 */
export function canonicalIpv6(text: string): IpAddress | undefined {
  if (text.length > 45 || [...text].some((character) => !'0123456789abcdefABCDEF:.'.includes(character)))
    return undefined;
  const read = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1);
  return wasRead(read) ? read : undefined;
}

function wasRead(text: string | undefined): text is IpAddress {
  return text !== undefined;
}

/** An address with a prefix length; undefined when the length is not valid for the address's family. */
export function withPrefixLength(address: IpAddress, length: string): Cidr | undefined {
  const cidr = `${address}/${length}`;
  return hasPrefixLength(cidr, length) ? cidr : undefined;
}

function hasPrefixLength(cidr: string, length: string): cidr is Cidr {
  return /^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= (isIpv6(cidr) ? 128 : 32);
}

/** Whether the text is `address/prefix length`. */
export function isCidr(text: string): text is Cidr {
  const [address, length, ...rest] = text.split('/');
  if (address === undefined || length === undefined || rest.length > 0 || !isIpAddress(address)) return false;
  return hasPrefixLength(text, length);
}

/** Whether the text is a MAC address in the form that this program uses; see `normalizeMac`. */
export function isMac(text: string): text is Mac {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(text);
}

/** A MAC address as illumos prints it (`2:8:20:a:b:c`, any case) in the two-digit form that Linux uses. */
export function normalizeMac(text: string): Mac | undefined {
  const padded = text
    .toLowerCase()
    .split(':')
    .map((part) => part.padStart(2, '0'))
    .join(':');
  return isMac(padded) ? padded : undefined;
}

/** Whether an address or CIDR is IPv6. */
export function isIpv6(address: string): boolean {
  return address.includes(':');
}

function isLabel(label: string): boolean {
  return label.length <= 63 && /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label);
}
