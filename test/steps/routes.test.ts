import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import { routes } from '../../agent/steps/routes.ts';
import { planned, scratchSystem } from '../support/scratch-system.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { instanceWith, liveRoot, systemAt } from './fixture.ts';

const values = {
  'sdc:nics': JSON.stringify([
    { interface: 'net0', mac: '02:08:20:00:00:00', ips: ['192.0.2.10/24', '2001:db8::10/64'], primary: true },
  ]),
  'sdc:routes': JSON.stringify([
    { dst: '203.0.113.0/24', gateway: '192.0.2.254' },
    { dst: '2001:db8:9::/48', gateway: 'fe80::1' },
    { dst: '198.18.0.0/15', gateway: '192.0.2.10', linklocal: true },
  ]),
};
const ipv4 = [
  'Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT',
  'eth0 007100CB FE0200C0 0003 0 0 0 00FFFFFF 0 0 0',
  'eth0 000012C6 00000000 0001 0 0 0 0000FEFF 0 0 0',
  '',
].join('\n');
const zero = '0'.repeat(32);
const ipv6 = `20010db8000900000000000000000000 30 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n`;
const there = { '/proc/net/route': ipv4, '/proc/net/ipv6_route': ipv6 };

function system(tree: Tree, ...programs: string[]) {
  const root = temporaryRoot({
    ...tree,
    ...Object.fromEntries(programs.map((path) => [path, '#!/bin/sh\n'])),
  });
  for (const path of programs) chmodSync(join(root, path), 0o755);
  return scratchSystem({}, { root: liveRoot(root) });
}

describe('static routes', () => {
  test('that are there are left', async () => {
    expect(await planned(routes, values, system(there, '/sbin/ip'))).toEqual([]);
  });

  test('that are missing, and no others, are added with ip', async () => {
    const changes = await planned(routes, values, system({ '/proc/net/ipv6_route': ipv6 }, '/usr/sbin/ip'));
    expect(changes).toMatchObject([
      { argv: '/usr/sbin/ip route replace 203.0.113.0/24 via 192.0.2.254 dev eth0'.split(' ') },
      { argv: '/usr/sbin/ip route replace 198.18.0.0/15 dev eth0'.split(' ') },
    ]);
  });

  test("are added with the platform's route where an image has no ip", async () => {
    const native = '/native/usr/sbin/route';
    expect(await planned(routes, values, system({}, native))).toMatchObject([
      { argv: [native, 'add', '203.0.113.0/24', '192.0.2.254'] },
      { argv: [native, 'add', '-inet6', '2001:db8:9::/48', 'fe80::1'] },
      { argv: [native, 'add', '-interface', '198.18.0.0/15', '192.0.2.10'] },
    ]);
  });

  test('are of the running system only, and not of a Docker container', async () => {
    expect(await routes.plan(instanceWith({ nics: [] }), systemAt(temporaryRoot()))).toEqual({
      skip: 'routes are of the running system only',
    });
    expect(await routes.plan(instanceWith({ nics: [], docker: true }), system({}))).toHaveProperty('skip');
  });

  test('say so when there is no tool to add them with', async () => {
    const instance = instanceOf(values);
    expect(await routes.plan(instance, system({}))).toEqual({
      skip: 'there is neither ip nor /native/usr/sbin/route, so 3 routes stay missing',
    });
    expect(await routes.plan(instance, system(there))).toEqual([]);
  });
});

function instanceOf(metadata: Readonly<Record<string, string>>) {
  return decodeInstance(
    new Map(
      Object.entries(metadata).map(([key, value]) => [key, { status: 'found', value: Buffer.from(value) }]),
    ),
  );
}
