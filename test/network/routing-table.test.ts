import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIpv4Table, parseIpv6Table } from '../../agent/network/routing-table.ts';
import { ipv4Line, ipv4Table, ipv6Line } from './proc-routes.ts';

test('a table as Linux prints it, with its default route and a link', () => {
  const text = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'eth1\t0000000A\tFE6433C6\t0003\t0\t0\t0\t000000FF\t0\t0\t0',
    '',
  ].join('\n');
  expect(parseIpv4Table(text)).toEqual([
    { device: 'eth0', destination: '0.0.0.0/0', gateway: '192.0.2.1' },
    { device: 'eth0', destination: '192.0.2.0/24', gateway: undefined },
    { device: 'eth1', destination: '10.0.0.0/8', gateway: '198.51.100.254' },
  ]);
});

test('an IPv6 table as Linux prints it', () => {
  const zero = '0'.repeat(32);
  const text = [
    `20010db8000900000000000000000000 30 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth1`,
    `20010db8000100000000000000000000 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth0`,
    '',
  ].join('\n');
  expect(parseIpv6Table(text)).toEqual([
    { device: 'eth1', destination: '2001:db8:9::/48', gateway: 'fe80::1' },
    { device: 'eth0', destination: '2001:db8:1::/64', gateway: undefined },
  ]);
});

test('routes that are down, refused or not in the format are left out', () => {
  const [header = ''] = ipv4Table([]).split('\n');
  const line = ipv4Line('eth0', '10.0.0.0/8', '192.0.2.1');
  expect(parseIpv4Table([header, line.replace('\t0003\t', '\t0002\t')].join('\n'))).toEqual([]);
  expect(parseIpv4Table([header, line.replace('\t0003\t', '\t0203\t')].join('\n'))).toEqual([]);
  expect(parseIpv4Table([header, line.replace('000000FF', '00FF00FF')].join('\n'))).toEqual([]);
  expect(parseIpv6Table('2001 30 nonsense\n')).toEqual([]);
});

test('what is no table is told from an empty one', () => {
  expect(parseIpv4Table('')).toBeUndefined();
  expect(parseIpv4Table(ipv4Table([]))).toEqual([]);
  expect(parseIpv6Table('')).toBeUndefined();
});

test('any route that is printed is read back', () => {
  const octets = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 1, max: 254 })));
  fc.assert(
    fc.property(octets, octets, ([one], gateway) => {
      const entry = { device: 'eth3', destination: `${one}.0.0.0/8`, gateway: gateway.join('.') };
      const text = ipv4Table([ipv4Line(entry.device, entry.destination, entry.gateway)]);
      expect(parseIpv4Table(text)).toEqual([entry]);
    }),
  );
  const group = fc.integer({ min: 1, max: 0xffff }).map((value) => value.toString(16));
  fc.assert(
    fc.property(group, group, (one, other) => {
      const entry = { device: 'eth3', destination: `2001:db8:${one}::/48`, gateway: `2001:db8::${other}` };
      expect(parseIpv6Table(ipv6Line(entry.device, entry.destination, entry.gateway))).toEqual([entry]);
    }),
  );
});

test('no text makes the readers throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      parseIpv4Table(`Iface\n${one}\n${other}`);
      expect(parseIpv6Table(`x${one}\n${other}`)).toBeInstanceOf(Array);
    }),
  );
});
