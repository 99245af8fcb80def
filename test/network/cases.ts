import type { Answer } from '../../agent/metadata/answer.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import { isIpAddress, normalizeMac } from '../../agent/metadata/values.ts';
import { type Link, type Network, networkOf, type PolicyChoice } from '../../agent/network/model.ts';

/** A network as metadata tells it, and what every renderer is to make of it. */
export interface NetworkCase {
  /** The name of its golden file, in each format's folder. */
  readonly name: string;
  readonly network: Network;
}

interface Given {
  readonly nics: readonly object[];
  readonly routes?: readonly object[];
  readonly links?: readonly Link[];
  readonly policy?: PolicyChoice;
}

/** The MAC address that the NIC of a number has in these cases. */
export function macOf(index: number): string {
  return `02:08:20:00:00:${index.toString(16).padStart(2, '0')}`;
}

/** An interface of the machine, by the MAC address of the NIC that it is. */
export function link(name: string, index: number, ...addresses: string[]): Link {
  return { name, mac: normalizeMac(macOf(index)), addresses: addresses.filter(isIpAddress) };
}

/** Decode metadata as the agent does, and lay it over the links; the policy is `full` where none is given. */
export function networkFrom({ nics, routes = [], links = [], policy = 'full' }: Given): Network {
  const found = (value: unknown): Answer => ({ status: 'found', value: Buffer.from(JSON.stringify(value)) });
  const answers = new Map([
    ['sdc:nics', found(nics)],
    ['sdc:routes', found(routes)],
  ]);
  const network = networkOf(decodeInstance(answers), links, policy);
  if (network === undefined) throw new Error('these nics are not metadata');
  return network;
}

function nic(index: number, given: object = {}): object {
  return { interface: `net${index}`, mac: macOf(index), nic_tag: 'external', primary: index === 0, ...given };
}

const plain = nic(0, { ips: ['192.0.2.10/24'], gateways: ['192.0.2.1'] });
const second = nic(1, { ips: ['198.51.100.20/24'] });

const given: Readonly<Record<string, Given>> = {
  plain: { nics: [plain] },
  'no-ips': { nics: [nic(0, { ip: '192.0.2.10', netmask: '255.255.255.0', gateway: '192.0.2.1' })] },
  'several-addresses': {
    nics: [
      nic(0, {
        ips: ['192.0.2.10/24', '192.0.2.11/24', '198.51.100.7/28', '2001:db8::10/64', '2001:db8::11/64'],
        gateways: ['192.0.2.1', '2001:db8::1'],
      }),
    ],
  },
  'v6-only': { nics: [nic(0, { ips: ['2001:db8::10/64'], gateways: ['2001:db8::1'] })] },
  'no-address': { nics: [nic(0)] },
  'no-nic': { nics: [] },
  'no-gateway': { nics: [nic(0, { ips: ['192.0.2.10/24'] })] },
  'jumbo-mtu': { nics: [nic(0, { ips: ['192.0.2.10/24'], gateways: ['192.0.2.1'], mtu: 9000 })] },
  '32-nics': {
    nics: Array.from({ length: 32 }, (_, index) =>
      nic(index, {
        ips: [`10.0.${index}.2/24`, `2001:db8:${index.toString(16)}::2/64`],
        gateways: [`10.0.${index}.1`],
      }),
    ),
  },
  routes: {
    nics: [plain, second],
    routes: [
      { dst: '203.0.113.0/24', gateway: '192.0.2.254' },
      { dst: '10.0.0.0/8', gateway: '198.51.100.1' },
      { dst: '10.9.8.7', gateway: '198.51.100.2' },
    ],
  },
  'route-by-no-neighbour': {
    nics: [plain, nic(1, { ips: ['198.51.100.20/24', '2001:db8:1::20/64'] })],
    routes: [
      { dst: '203.0.113.0/24', gateway: '172.16.0.1' },
      { dst: '2001:db8:9::/48', gateway: 'fe80::1' },
    ],
  },
  'link-local-route': {
    nics: [plain, second],
    routes: [{ dst: '203.0.113.0/24', gateway: '198.51.100.20', linklocal: true }],
  },
  'gateway-that-is-no-neighbour': { nics: [nic(0, { ips: ['192.0.2.10/32'], gateways: ['192.0.2.1'] })] },
  'gateway-in-the-second-network': {
    nics: [nic(0, { ips: ['192.0.2.10/24', '198.51.100.7/24'], gateways: ['198.51.100.1'] })],
  },
  dhcp: { nics: [nic(0, { ips: ['dhcp'] })] },
  addrconf: { nics: [nic(0, { ips: ['addrconf'] })] },
  'dhcp-addrconf-and-static': {
    nics: [nic(0, { ips: ['dhcp', 'addrconf', '192.0.2.10/24', '2001:db8::10/64'], mtu: 1400 })],
  },
  'dhcp-on-two': { nics: [nic(0, { ips: ['dhcp'] }), nic(1, { ips: ['dhcp', 'addrconf'] })] },
  'dhcp-and-a-gateway': {
    nics: [nic(0, { ips: ['dhcp', 'addrconf', '192.0.2.10/24'], gateways: ['192.0.2.1'] })],
    routes: [{ dst: '::/0', gateway: 'fe80::1' }],
  },
  'hands-off': {
    nics: [plain, second],
    routes: [{ dst: '10.0.0.0/8', gateway: '198.51.100.1' }],
    policy: 'hands-off',
  },
  'hands-off-and-full': {
    nics: [plain, second],
    routes: [{ dst: '10.0.0.0/8', gateway: '198.51.100.1' }],
    links: [link('eth0', 0, '192.0.2.10'), link('eth1', 1)],
    policy: 'auto',
  },
  'names-exchanged': {
    nics: [plain, second],
    links: [link('eth1', 0), link('eth0', 1)],
    policy: 'full',
  },
  'no-mac': { nics: [nic(0, { mac: 'none', ips: ['192.0.2.10/24'], gateways: ['192.0.2.1'] })] },
};

/** The odd networks of real instances, and the plain one. */
export const cases: readonly NetworkCase[] = Object.entries(given).map(([name, one]) => ({
  name,
  network: networkFrom(one),
}));

/** The network of a case; throws when there is none of that name. */
export function caseNamed(name: string): Network {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no network case ${name}`);
  return found.network;
}
