import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { subject } from '../../agent/change/change.ts';
import { settle } from '../../agent/change/settle.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import { routes } from '../../agent/steps/routes.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { ipv4Line, ipv4Table, ipv6Line } from '../network/proc-routes.ts';
import { planned, scratchSystem } from '../support/scratch-system.ts';
import { plant, type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { instanceWith, liveRoot } from './fixture.ts';

const nics = [
  { interface: 'net0', mac: '02:08:20:0:0:90', ips: ['192.0.2.10/24', '2001:db8::10/64'], primary: true },
  { interface: 'net1', mac: '02:08:20:0:0:91', ips: ['198.51.100.20/24'] },
];
const values = {
  'sdc:nics': JSON.stringify(nics),
  'sdc:routes': JSON.stringify([
    { dst: '203.0.113.0/24', gateway: '192.0.2.254' },
    { dst: '10.9.8.7', gateway: '198.51.100.2' },
    { dst: '2001:db8:9::/48', gateway: '2001:db8::fe' },
    { dst: '203.0.112.0/24', gateway: '198.51.100.20', linklocal: true },
    { dst: '172.16.0.0/12', gateway: '100.64.0.1' },
  ]),
};
const complete = [
  ipv4Line('eth0', '192.0.2.0/24'),
  ipv4Line('eth0', '203.0.113.0/24', '192.0.2.254'),
  ipv4Line('eth1', '10.9.8.7/32', '198.51.100.2'),
  ipv4Line('eth1', '203.0.112.0/24'),
  ipv4Line('eth0', '172.16.0.0/12', '100.64.0.1'),
];
const complete6 = `${ipv6Line('eth0', '2001:db8:9::/48', '2001:db8::fe')}\n`;
const ip = '/sbin/ip';
const native = '/native/usr/sbin/route';

/** A machine with these files and this program to set routes with. */
function machine(tree: Tree, program: string | undefined = ip) {
  const path = temporaryRoot(tree);
  if (program !== undefined) {
    plant(path, { [program]: '' });
    chmodSync(join(path, program), 0o755);
  }
  return { root: liveRoot(path) };
}

async function commands(tree: Tree, program?: string, metadata: Record<string, string> = values) {
  return (await planned(routes, metadata, scratchSystem({}, machine(tree, program)))).map(subject);
}

const tables = (lines: readonly string[], ipv6 = complete6): Tree => ({
  '/proc/net/route': ipv4Table(lines),
  '/proc/net/ipv6_route': ipv6,
});

it('starts no program where every route is there', async () => {
  expect(await commands(tables(complete))).toEqual([]);
});

it('adds what is missing, and only that', async () => {
  const other = ipv6Line('eth0', '2001:db8::/64');
  expect(await commands(tables([complete[0] ?? '', complete[2] ?? ''], other))).toEqual([
    'ip route replace 203.0.113.0/24 via 192.0.2.254 dev eth0',
    'ip -6 route replace 2001:db8:9::/48 via 2001:db8::fe dev eth0',
    'ip route replace 172.16.0.0/12 via 100.64.0.1 dev eth0 onlink',
    'ip route replace 203.0.112.0/24 dev eth1',
  ]);
});

it('takes a route by another gateway as missing, and one to the same place out of another link too', async () => {
  const lines = [...complete];
  lines[1] = ipv4Line('eth0', '203.0.113.0/24', '192.0.2.253');
  lines[3] = ipv4Line('eth0', '203.0.112.0/24');
  expect(await commands(tables(lines))).toEqual([
    'ip route replace 203.0.113.0/24 via 192.0.2.254 dev eth0',
    'ip route replace 203.0.112.0/24 dev eth1',
  ]);
});

it('knows a route out of an interface in the form that illumos shows it in', async () => {
  const lines = [...complete];
  lines[3] = ipv4Line('eth1', '203.0.112.0/24', '198.51.100.20');
  expect(await commands(tables(lines))).toEqual([]);
});

it('puts all in place where the machine does not tell its routes', async () => {
  expect(await commands({})).toHaveLength(5);
  expect(await commands({ '/proc/net/route': '', '/proc/net/ipv6_route': '' })).toHaveLength(5);
});

it('uses the native route(8) where there is no ip(8)', async () => {
  expect(await commands({}, native)).toEqual([
    `${native} add -inet 203.0.113.0/24 192.0.2.254`,
    `${native} add -inet6 2001:db8:9::/48 2001:db8::fe`,
    `${native} add -inet 172.16.0.0/12 100.64.0.1`,
    `${native} add -inet 10.9.8.7/32 198.51.100.2`,
    `${native} add -inet 203.0.112.0/24 -interface 198.51.100.20`,
  ]);
});

it('falls back to the native route(8) for each route that ip(8) is refused', async () => {
  const { root } = machine({}, ip);
  plant(root.path, { [native]: '' });
  chmodSync(join(root.path, native), 0o755);
  const changes = await planned(routes, values, scratchSystem({}, { root }));
  expect(changes.map((change) => 'otherwise' in change && change.otherwise?.join(' '))).toEqual([
    `${native} add -inet 203.0.113.0/24 192.0.2.254`,
    `${native} add -inet6 2001:db8:9::/48 2001:db8::fe`,
    `${native} add -inet 172.16.0.0/12 100.64.0.1`,
    `${native} add -inet 10.9.8.7/32 198.51.100.2`,
    `${native} add -inet 203.0.112.0/24 -interface 198.51.100.20`,
  ]);
});

it('says so where nothing can set a route, and is silent where none is missing', async () => {
  const without = (tree: Tree) => ({ root: liveRoot(temporaryRoot(tree)) });
  await expect(planned(routes, values, scratchSystem({}, without({})))).rejects.toThrow(
    '5 static routes are missing',
  );
  expect(await planned(routes, values, scratchSystem({}, without(tables(complete))))).toEqual([]);
});

it('wants the first of two routes to a destination, and leaves the machine alone that has both', async () => {
  const two = JSON.stringify([
    { dst: '203.0.113.0/24', gateway: '192.0.2.254' },
    { dst: '203.0.113.0/24', gateway: '192.0.2.253' },
  ]);
  const metadata = { ...values, 'sdc:routes': two };
  expect(await commands(tables([]), ip, metadata)).toEqual([
    'ip route replace 203.0.113.0/24 via 192.0.2.254 dev eth0',
  ]);
  const [first, second] = ['192.0.2.254', '192.0.2.253'].map((gateway) =>
    ipv4Line('eth0', '203.0.113.0/24', gateway),
  );
  expect(await commands(tables([second ?? '', first ?? '']), ip, metadata)).toEqual([]);
  expect(await commands(tables([second ?? '']), ip, metadata)).toEqual([
    'ip route replace 203.0.113.0/24 via 192.0.2.254 dev eth0',
  ]);
});

it('is skipped in a Docker container, without routes, and without NICs', async () => {
  const system = scratchSystem({}, machine({}));
  const { routes: some } = decodeInstance(
    new Map([['sdc:routes', { status: 'found', value: Buffer.from(values['sdc:routes']) }]]),
  );
  for (const instance of [
    instanceWith({ docker: true, routes: some, nics: [] }),
    instanceWith({ routes: [], nics: [] }),
    instanceWith({ routes: some }),
  ])
    expect(await routes.plan(instance, system)).toHaveProperty('skip');
});

it('only lists them where the root is not the running machine', async () => {
  const path = temporaryRoot({ '/sbin/ip': '' });
  chmodSync(join(path, ip), 0o755);
  const root = openRoot(path);
  const changes = await planned(routes, values, scratchSystem({}, { root }));
  expect(settle(changes, root, emptyState).map(({ result }) => result)).toEqual(Array(5).fill('listed'));
});

it('finds what a thousand routes lack', async () => {
  const many = Array.from({ length: 1000 }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
  const metadata = {
    ...values,
    'sdc:routes': JSON.stringify(many.map((dst) => ({ dst, gateway: '192.0.2.254' }))),
  };
  const lines = many.slice(0, 999).map((dst) => ipv4Line('eth0', dst, '192.0.2.254'));
  expect(await commands(tables(lines), ip, metadata)).toEqual([
    'ip route replace 10.3.231.0/24 via 192.0.2.254 dev eth0',
  ]);
});
