import { describe, expect, it } from 'vitest';
import {
  canonicalIpv6,
  isCidr,
  isDomain,
  isHostname,
  isIpAddress,
  isMac,
  isUuid,
  normalizeMac,
} from '../../agent/metadata/values.ts';

const label = 'a'.repeat(63);
/** 253 characters, the most that a name may have. */
const longest = `${label}.${label}.${label}.${'a'.repeat(61)}`;

describe('a host name', () => {
  it.each(['web', 'WEB-1', 'a', '1a', 'web-1.example.com', '7f2c1a04-3f0e', 'x.1', label, longest])(
    '%s is one',
    (text) => {
      expect(isHostname(text)).toBe(true);
      expect(isDomain(text)).toBe(true);
    },
  );

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    '-a',
    'a-',
    'a.-b',
    'a b',
    'a\n',
    '\na',
    'é',
    'a/b',
    `${label}a`,
    `${longest}a`,
  ])('%j is none, and no domain', (text) => {
    expect(isHostname(text)).toBe(false);
    expect(isDomain(text)).toBe(false);
  });

  it.each(['192.0.2.10', '10', '1.2'])('%s would be taken for an address', (text) => {
    expect(isHostname(text)).toBe(false);
  });

  it.each(['_tcp.example.com', 'a_b', '_'])('%s is a domain only', (text) => {
    expect(isHostname(text)).toBe(false);
    expect(isDomain(text)).toBe(true);
  });
});

describe('a UUID', () => {
  it.each(['7f2c1a04-3f0e-4f0b-9d53-0a4b1f6f6a01', '7F2C1A04-3F0E-4F0B-9D53-0A4B1F6F6A01'])(
    '%s is one',
    (text) => {
      expect(isUuid(text)).toBe(true);
    },
  );
  it.each([
    '',
    'x7f2c1a04-3f0e-4f0b-9d53-0a4b1f6f6a01',
    '7f2c1a04-3f0e-4f0b-9d53-0a4b1f6f6a01x',
    '7f2c1a0-3f0e-4f0b-9d53-0a4b1f6f6a01',
    '7f2c1a04-3f0e-4f0b-0a4b1f6f6a01',
    '7f2c1a04-3f0e-4f0b-9d53-9d53-0a4b1f6f6a01',
    '7f2c1a04-3f0e-4f0b-9d53-0a4b1f6f6a0',
    '7f2c1a04-3f0e-4f0b-9d5-0a4b1f6f6a01',
    'gf2c1a04-3f0e-4f0b-9d53-0a4b1f6f6a01',
    '7f2c1a04-3f0e-4f0b-9d53-0a4b1f6f6a01\n',
  ])('%j is none', (text) => {
    expect(isUuid(text)).toBe(false);
  });
});

describe('an address', () => {
  it.each(['0.0.0.0', '192.0.2.10', '255.255.255.255', '::', '2001:db8::1', '::ffff:192.0.2.1'])(
    '%s is one',
    (text) => {
      expect(isIpAddress(text)).toBe(true);
    },
  );
  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.-1',
    '01.2.3.4',
    '0x1.2.3.4',
    '1.2.3.4 ',
    '1..3.4',
    'a.b.c.d',
    '1.5e0.3.4',
    ':',
    ':::',
    '1:2:3:4:5:6:7:8:9',
    'fe80::1%eth0',
    '::1]',
    'g::1',
    '12345::1',
  ])('%j is none', (text) => {
    expect(isIpAddress(text)).toBe(false);
  });

  it('has one spelling (RFC 5952, section 4)', () => {
    expect(canonicalIpv6('2001:0DB8:0:0:0:0:0:0001')).toBe('2001:db8::1');
    expect(canonicalIpv6('2001:db8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
    expect(canonicalIpv6('0000:0000:0000:0000:0000:ffff:192.168.100.228')).toBe('::ffff:c0a8:64e4');
  });

  it.each([
    ['192.0.2.0/24', true],
    ['192.0.2.0/0', true],
    ['192.0.2.0/32', true],
    ['192.0.2.0/33', false],
    ['2001:db8::/128', true],
    ['2001:db8::/129', false],
    ['192.0.2.0/08', false],
    ['192.0.2.0/', false],
    ['192.0.2.0', false],
    ['192.0.2.0/24/24', false],
    ['x/24', false],
    ['192.0.2.0/+8', false],
    ['192.0.2.0/8x', false],
    ['192.0.2.0/1000', false],
  ])('with a prefix length: %s, %s', (text, expected) => {
    expect(isCidr(text)).toBe(expected);
  });
});

describe('a MAC address', () => {
  it.each([
    ['2:8:20:a:b:c', '02:08:20:0a:0b:0c'],
    ['90:B8:D0:01:02:03', '90:b8:d0:01:02:03'],
    ['', undefined],
    ['90:b8:d0:01:02', undefined],
    ['90:b8:d0:01:02:03:04', undefined],
    ['90:b8:d0:01:02:003', undefined],
    ['90:b8:d0:01:02:0g', undefined],
    ['x90:b8:d0:01:02:03', undefined],
    ['90-b8-d0-01-02-03', undefined],
  ])('%j is %s', (text, expected) => {
    expect(normalizeMac(text)).toBe(expected);
  });

  it('is taken in its one form only', () => {
    expect(isMac('02:08:20:0a:0b:0c')).toBe(true);
    for (const text of ['2:8:20:a:b:c', '02:08:20:0A:0B:0C', 'x02:08:20:0a:0b:0c', '02:08:20:0a:0b:0cx'])
      expect(isMac(text)).toBe(false);
  });
});
