import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import type { Route } from '../../agent/network/model.ts';
import { isInTable, parseIpv4Routes, parseIpv6Routes } from '../../agent/network/routing-table.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';
import { networkFrom } from './cases.ts';

const heading = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   ';

describe('/proc/net/route', () => {
  test('is read with its addresses turned round', () => {
    const text = [
      heading,
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0   ',
      'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0   ',
      'eth1\t0708090A\t026433C6\t0007\t0\t0\t0\tFFFFFFFF\t0\t0\t0   ',
    ].join('\n');
    expect(parseIpv4Routes(text)).toEqual([
      { device: 'eth0', destination: '0.0.0.0/0', gateway: '192.0.2.1' },
      { device: 'eth0', destination: '192.0.2.0/24', gateway: undefined },
      { device: 'eth1', destination: '10.9.8.7/32', gateway: '198.51.100.2' },
    ]);
  });

  test.each([
    ['a route that rejects', 'eth0 000200C0 00000000 0201 0 0 0 00FFFFFF 0 0 0'],
    ['a route that is down', 'eth0 000200C0 00000000 0000 0 0 0 00FFFFFF 0 0 0'],
    ['a mask with a hole', 'eth0 000200C0 00000000 0001 0 0 0 00FF00FF 0 0 0'],
    ['a line cut short', 'eth0 000200C0 0000'],
    ['an empty line', ''],
  ])('passes over %s', (_, line) => {
    expect(parseIpv4Routes(`${heading}\n${line}\n`)).toEqual([]);
  });
});

describe('/proc/net/ipv6_route', () => {
  const zero = '0'.repeat(32);

  test('is read as it stands', () => {
    const text = [
      `20010db8000900000000000000000000 30 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth1`,
      `20010db8000000000000000000000000 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth0`,
    ].join('\n');
    expect(parseIpv6Routes(text)).toEqual([
      { device: 'eth1', destination: '2001:db8:9:0:0:0:0:0/48', gateway: 'fe80:0:0:0:0:0:0:1' },
      { device: 'eth0', destination: '2001:db8:0:0:0:0:0:0/64', gateway: undefined },
    ]);
  });

  test('passes over what rejects, and what is no route', () => {
    const rejecting = `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200 lo`;
    expect(parseIpv6Routes(`${rejecting}\nhello\n${zero} 00\n`)).toEqual([]);
  });
});

describe('a table', () => {
  test('that the kernel would print for a network holds every route of it', () => {
    fc.assert(
      fc.property(arbitraryNetwork, ({ interfaces }) => {
        const all = interfaces.flatMap(({ name, routes }) => routes.map((route) => ({ name, route })));
        const v4 = all.filter(({ route }) => !route.destination.includes(':'));
        const v6 = all.filter(({ route }) => route.destination.includes(':'));
        const table = [
          ...parseIpv4Routes([heading, ...v4.map(({ name, route }) => ipv4Line(name, route))].join('\n')),
          ...parseIpv6Routes(v6.map(({ name, route }) => ipv6Line(name, route)).join('\n')),
        ];
        expect(table).toHaveLength(all.length);
        const isThere = isInTable(table);
        for (const { name, route } of all) expect(isThere(name, [], route)).toBe(true);
      }),
    );
  });

  test('without the next hop or the device lacks the route', () => {
    const byGateway = onlyRoute({ dst: '10.0.0.0/8', gateway: '192.0.2.9' });
    const direct = onlyRoute({ dst: '10.0.0.0/8', gateway: '192.0.2.10', linklocal: true });
    const via = (gateway: string | undefined, device = 'eth0') =>
      isInTable([{ device, destination: '10.0.0.0/8', gateway }]);
    expect(via('192.0.2.9')('eth0', [], byGateway)).toBe(true);
    expect(via('192.0.2.8')('eth0', [], byGateway)).toBe(false);
    expect(via(undefined)('eth0', [], byGateway)).toBe(false);
    expect(via(undefined)('eth0', [], direct)).toBe(true);
    expect(via(undefined, 'eth1')('eth0', [], direct)).toBe(false);
    // As illumos shows a route that goes out from an address of ours.
    expect(via('192.0.2.10')('eth0', ['192.0.2.10'], direct)).toBe(true);
    expect(via('192.0.2.11')('eth0', ['192.0.2.10'], direct)).toBe(false);
  });

  test('that cannot be read whatever it holds is no error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseIpv4Routes(text)).toEqual([]);
        expect(parseIpv6Routes(text)).toEqual([]);
      }),
    );
  });
});

function onlyRoute(given: object): Route {
  const nics = [{ interface: 'net0', ips: ['192.0.2.10/24'], primary: true }];
  const route = networkFrom({ nics, routes: [given] }).interfaces[0]?.routes[0];
  if (route === undefined) throw new Error('these are not metadata');
  return route;
}

function ipv4Line(device: string, { destination, gateway }: Route): string {
  const [address = '', prefix = ''] = destination.split('/');
  const hex = (text: string) =>
    Buffer.from(ipaddr.parse(text).toByteArray().reverse()).toString('hex').toUpperCase();
  const mask = ipaddr.IPv4.subnetMaskFromPrefixLength(Number(prefix)).toString();
  const flags = gateway === undefined ? '0001' : '0003';
  return `${device}\t${hex(address)}\t${hex(gateway ?? '0.0.0.0')}\t${flags}\t0\t0\t0\t${hex(mask)}\t0\t0\t0`;
}

function ipv6Line(device: string, { destination, gateway }: Route): string {
  const [address = '', prefix = ''] = destination.split('/');
  const hex = (text: string) => Buffer.from(ipaddr.parse(text).toByteArray()).toString('hex');
  const length = Number(prefix).toString(16).padStart(2, '0');
  const flags = gateway === undefined ? '00000001' : '00000003';
  return `${hex(address)} ${length} ${hex('::')} 00 ${hex(gateway ?? '::')} 00000400 00000001 00000000 ${flags} ${device}`;
}
