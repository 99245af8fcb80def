import fc from 'fast-check';
import type { Network } from '../../agent/network/model.ts';
import { link, macOf, networkFrom } from './cases.ts';

const octet = fc.integer({ min: 1, max: 254 });
const group = fc.integer({ min: 1, max: 0xffff }).map((value) => value.toString(16));
const ipv4 = fc.tuple(fc.integer({ min: 1, max: 223 }), octet, octet, octet).map((parts) => parts.join('.'));
const ipv6 = fc.tuple(group, group, group).map(([one, two, three]) => `2001:db8:${one}:${two}::${three}`);
const cidr = fc.oneof(
  fc.tuple(ipv4, fc.integer({ min: 8, max: 32 })).map((parts) => parts.join('/')),
  fc.tuple(ipv6, fc.integer({ min: 16, max: 128 })).map((parts) => parts.join('/')),
);
const route = fc
  .oneof(
    fc.record({ dst: fc.oneof(ipv4, fc.constantFrom('10.0.0.0/8', '0.0.0.0/0')), gateway: ipv4 }),
    fc.record({ dst: fc.oneof(ipv6, fc.constantFrom('2001:db8:8000::/33', '::/0')), gateway: ipv6 }),
  )
  .chain((one) => fc.boolean().map((linklocal) => ({ ...one, linklocal })));
const nic = fc.record({
  ips: fc.uniqueArray(fc.oneof(cidr, fc.constantFrom('dhcp', 'addrconf')), { maxLength: 5 }),
  gateways: fc.uniqueArray(fc.oneof(ipv4, ipv6), { maxLength: 3 }),
  mtu: fc.option(fc.integer({ min: 1280, max: 9000 }), { nil: null }),
});

/** Networks as metadata may tell them: any mixture of addresses, gateways, routes and policies. */
export const arbitraryNetwork: fc.Arbitrary<Network> = fc
  .record({
    nics: fc.array(nic, { maxLength: 4 }),
    routes: fc.array(route, { maxLength: 6 }),
    handsOff: fc.boolean(),
  })
  .map(({ nics, routes, handsOff }) =>
    networkFrom({
      nics: nics.map((one, index) => ({
        interface: `net${index}`,
        mac: macOf(index),
        primary: index === 0,
        ...one,
      })),
      routes: routes.map((one, index) => {
        const own = nics[index % Math.max(nics.length, 1)]?.ips.find((ip) => ip.includes('/'))?.split('/')[0];
        const sameFamily = own !== undefined && own.includes(':') === one.gateway.includes(':');
        return one.linklocal && sameFamily ? { ...one, gateway: own } : { ...one, linklocal: false };
      }),
      links: handsOff ? [link('eth0', 0, '192.0.2.1', nics[0]?.ips[0]?.split('/')[0] ?? '')] : [],
      policy: handsOff ? 'auto' : 'full',
    }),
  );
