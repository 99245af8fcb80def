import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import {
  networkAddress,
  parseAddress,
  parseDestination,
  parseHostAddress,
  parseInterfaceAddress,
} from '../../agent/metadata/addresses.ts';

/**
 * What the library makes of a text: the reference. Not for IPv6 with a dotted end, of which it takes octal and
 * hexadecimal parts, and `::192.0.2.1` for `::ffff:192.0.2.1`.
 */
function byLibrary(text: string): string | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  return /[%/]/.test(text) ? undefined : ipaddr.parse(text).toString();
}

const hasDottedEnd = (text: string) => text.includes(':') && text.includes('.');

const addresses = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.ipV6().map((text) => text.toUpperCase()),
);
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
);

describe('an address', () => {
  test('is read as the library reads it, in whatever spelling', () => {
    fc.assert(
      fc.property(addresses, (text) => {
        fc.pre(!hasDottedEnd(text));
        expect(parseAddress(text)).toBe(byLibrary(text));
      }),
    );
  });

  test('has one spelling, which is read as itself', () => {
    fc.assert(
      fc.property(bytes, (content) => {
        const text = ipaddr.fromByteArray([...content]).toString();
        expect(parseAddress(text)).toBe(text);
      }),
    );
  });

  test('with anything put into it is no address, or what the library takes it for', () => {
    const piece = fc.constantFrom(
      ' ',
      '\t',
      '\n',
      ']',
      '[',
      '/',
      '?',
      '#',
      '@',
      '%',
      '%25',
      '.',
      ':',
      '0',
      'x',
      '-',
      '+',
      'ª',
    );
    fc.assert(
      fc.property(addresses, fc.nat(), piece, (text, place, added) => {
        const at = place % (text.length + 1);
        const changed = text.slice(0, at) + added + text.slice(at);
        fc.pre(!hasDottedEnd(changed));
        expect(parseAddress(changed)).toBe(byLibrary(changed));
      }),
    );
  });

  test.each([
    ['::192.0.2.1', '::c000:201'],
    ['::FFFF:192.0.2.1', '::ffff:c000:201'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['::0192.0.2.1', undefined],
    ['::0xc0.0.2.1', undefined],
    ['::192.0.2', undefined],
    ['192.0.2.1::', undefined],
  ])('with a dotted end, %s, is %s', (text, canonical) => {
    expect(parseAddress(text)).toBe(canonical);
  });

  test('of nobody or of a group is no host', () => {
    fc.assert(
      fc.property(bytes, (content) => {
        const address = ipaddr.fromByteArray([...content]);
        const nobody = ['unspecified', 'broadcast', 'multicast'].includes(address.range());
        expect(parseHostAddress(address.toString())).toBe(nobody ? undefined : address.toString());
      }),
    );
  });

  test.each(['0.0.0.0', '224.0.0.1', '239.255.255.255', '255.255.255.255', '::', 'ff02::1'])(
    '%s is no host',
    (text) => {
      expect(parseAddress(text)).toBe(text);
      expect(parseHostAddress(text)).toBeUndefined();
    },
  );

  test.each(['223.255.255.255', '240.0.0.1', '::1', 'fe80::1', 'ff::1'])('%s is one', (text) => {
    expect(parseHostAddress(text)).toBe(text);
  });
});

describe('the network of an address', () => {
  const withLength = fc
    .oneof(
      fc.tuple(fc.ipV4(), fc.nat({ max: 32 })),
      fc.tuple(
        fc.ipV6().filter((text) => !hasDottedEnd(text)),
        fc.nat({ max: 128 }),
      ),
    )
    .map(([address, length]) => `${address}/${length}`);

  test('is what the library makes of it', () => {
    fc.assert(
      fc.property(withLength, (cidr) => {
        const family = cidr.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4;
        const length = cidr.slice(cidr.indexOf('/'));
        expect(networkAddress(cidr)).toBe(`${family.networkAddressFromCIDR(cidr)}${length}`);
      }),
    );
  });

  test.each([
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['192.0.2.77/27', '192.0.2.64/27'],
    ['192.0.2.77/0', '0.0.0.0/0'],
    ['192.0.2.77/32', '192.0.2.77/32'],
    ['2001:DB8::ff:1/113', '2001:db8::ff:0/113'],
    ['::ffff:192.0.2.77/120', '::ffff:c000:200/120'],
    ['::/0', '::/0'],
  ])('%s is in %s', (cidr, network) => {
    expect(networkAddress(cidr)).toBe(network);
  });
});

describe('the address of an interface', () => {
  test.each([
    ['192.0.2.10/24', undefined, '192.0.2.10/24'],
    ['192.0.2.10/32', undefined, '192.0.2.10/32'],
    ['192.0.2.10/1', undefined, '192.0.2.10/1'],
    ['2001:DB8::10/64', undefined, '2001:db8::10/64'],
    ['192.0.2.10', '255.255.255.0', '192.0.2.10/24'],
    ['192.0.2.10/25', '255.255.255.0', '192.0.2.10/25'],
    // An interface with prefix 0 would take the whole Internet for its own network.
    ['192.0.2.10/0', undefined, undefined],
    ['2001:db8::10/0', undefined, undefined],
    ['192.0.2.10', '0.0.0.0', undefined],
    ['192.0.2.10/33', undefined, undefined],
    ['2001:db8::10/129', undefined, undefined],
    ['192.0.2.10/024', undefined, undefined],
    ['192.0.2.10/24/24', undefined, undefined],
    ['192.0.2.10/', undefined, undefined],
    ['192.0.2.10', '255.0.255.0', undefined],
    ['192.0.2.10', undefined, undefined],
    ['2001:db8::10', '255.255.255.0', undefined],
    ['0.0.0.0/24', undefined, undefined],
  ])('%s with the netmask %s is %s', (text, netmask, expected) => {
    expect(parseInterfaceAddress(text, netmask)).toBe(expected);
  });

  test.each([
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['192.0.2.77', '192.0.2.77/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['192.0.2.0/33', undefined],
  ])('as a destination %s is %s', (text, expected) => {
    expect(parseDestination(text)).toBe(expected);
  });
});
