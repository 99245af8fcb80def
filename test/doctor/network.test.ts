import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { checkNetwork } from '../../agent/doctor/network.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';

const { nics, routes } = decodeInstance(
  new Map(
    Object.entries({
      'sdc:nics': [
        {
          interface: 'net0',
          mac: '02:08:20:aa:bb:01',
          ips: ['192.0.2.10/24', '2001:db8:0::10/64'],
          gateways: ['192.0.2.1'],
          primary: true,
        },
        { interface: 'net1', mac: '2:8:20:aa:bb:2', ips: ['10.0.0.5/16'] },
      ],
      'sdc:routes': [{ dst: '172.16.0.0/12', gateway: '10.0.0.1' }],
    }).map(([key, value]) => [key, { status: 'found', value: Buffer.from(JSON.stringify(value)) }]),
  ),
);

const address = (mac: string, cidr: string): NetworkInterfaceInfo => ({
  address: cidr.split('/')[0] ?? '',
  netmask: '',
  family: 'IPv4',
  mac,
  internal: false,
  cidr,
});
const eth0 = [address('02:08:20:aa:bb:01', '192.0.2.10/24'), address('02:08:20:aa:bb:01', '2001:db8::10/64')];
const eth1 = [address('02:08:20:aa:bb:02', '10.0.0.5/16')];
const header = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n';
const byDefault = 'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n';
const toPrivate = 'eth1\t000010AC\t0100000A\t0003\t0\t0\t0\t0000F0FF\t0\t0\t0\n';

const found = (interfaces: Record<string, NetworkInterfaceInfo[]>, table: string | undefined) =>
  checkNetwork({ nics, routes }, { interfaces, routes: table }).map(
    ({ status, text }) => `${status}: ${text}`,
  );

describe('the network that is, against the metadata', () => {
  it('is right, whatever the interfaces are called', () => {
    expect(found({ b: eth0, a: eth1 }, header + byDefault + toPrivate)).toEqual([
      'ok: addresses and routes are as the metadata names them',
    ]);
  });

  it('lacks an address, an interface, the default route, a static route', () => {
    expect(found({ eth0: eth0.slice(1) }, header + toPrivate)).toEqual([
      'wrong: eth0 (net0, 02:08:20:aa:bb:01) does not have the address 192.0.2.10/24',
      'wrong: eth1 (net1, 02:08:20:aa:bb:02) is not up, or has no address',
      'wrong: the default route by 192.0.2.1 is missing',
    ]);
    expect(found({ eth0, eth1 }, header + byDefault)).toEqual([
      'wrong: the route to 172.16.0.0/12 by 10.0.0.1 is missing',
    ]);
  });

  it('cannot tell of routes where the table is not to be had', () => {
    expect(found({ eth0, eth1 }, undefined)).toEqual([
      'note: the routes cannot be read here, so they were not looked at',
    ]);
  });

  it('of an instance without NICs in its metadata is not looked at', () => {
    expect(
      checkNetwork({ nics: undefined, routes: undefined }, { interfaces: {}, routes: '' }),
    ).toMatchObject([{ status: 'note' }]);
  });
});
