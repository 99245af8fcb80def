import assert from 'node:assert/strict';
import { loadRenderer } from '../../../agent/network/choose.ts';
import { networkOf } from '../../../agent/network/model.ts';
import type { RenderedFile } from '../../../agent/network/renderer.ts';
import { openRoot } from '../../../agent/system/open-root.ts';
import { readIfcfg } from '../../network/readers/ifcfg.ts';
import { readInterfaces } from '../../network/readers/ifupdown.ts';
import { readNetifrc } from '../../network/readers/netifrc.ts';
import { readNetplan } from '../../network/readers/netplan.ts';
import { readNetworkUnit } from '../../network/readers/networkd.ts';
import { readKeyfile } from '../../network/readers/networkmanager.ts';
import {
  configured,
  configuredByHostRoutes,
  isReachedByProfile,
  type ReadBack,
  sorted,
  withEveryAdvertisedDefault,
} from '../../network/readers/read-back.ts';
import { readSuse } from '../../network/readers/suse.ts';
import { readFragment } from '../../network/readers/void.ts';
import { instanceOf, sound } from '../../support/tampered.ts';
import { inputOf } from '../input.ts';
import type { Target } from '../target.ts';

type Read = readonly (ReadBack | string)[];
const below =
  (folder: string) =>
  ({ path }: RenderedFile) =>
    path.startsWith(folder);
const own = ({ path }: RenderedFile) => path.includes('lx-agent');

/** A strict reader of each format: it refuses every line that the format, or the agent's use of it, has not. */
const readers: readonly (readonly [
  Parameters<typeof loadRenderer>[0],
  (files: readonly RenderedFile[]) => Read,
])[] = [
  ['ifupdown', (files) => files.filter(own).flatMap(({ content }) => readInterfaces(content))],
  ['netplan', readNetplan],
  ['networkd', (files) => files.filter(below('/etc/systemd/network/')).map(readNetworkUnit)],
  [
    'networkmanager',
    (files) =>
      files.filter(({ path }) => path.endsWith('.nmconnection')).map(({ content }) => readKeyfile(content)),
  ],
  ['ifcfg', readIfcfg],
  ['suse', readSuse],
  ['netifrc', (files) => files.map(readNetifrc)],
  ['void', (files) => files.filter(own).flatMap(({ content }) => readFragment(content))],
];

const value = (nics: unknown, routes: unknown = []) =>
  inputOf({
    'sdc:nics': JSON.stringify(nics),
    'sdc:routes': JSON.stringify(routes),
    'sdc:dns_domain': 'example.com',
  });

/** NICs and routes in every network format: what strict readers get back is what the network was to be. */
export const networkTarget: Target = {
  seeds: [
    inputOf({
      'sdc:nics': sound['sdc:nics'] ?? '',
      'sdc:routes': sound['sdc:routes'] ?? '',
      'sdc:resolvers': '["192.0.2.53"]',
    }),
    value([
      { interface: 'net0', ips: ['dhcp', 'addrconf'], primary: true },
      { interface: 'net1', ips: ['10.0.0.2/8'], gateway: '10.0.0.1' },
    ]),
    value(
      [{ interface: 'net0', mac: '2:8:20:a:b:c', ip: '192.0.2.1', netmask: '255.255.255.0', mtu: 9000 }],
      [{ dst: '2001:db8::/32', gateway: '192.0.2.9' }],
    ),
  ],
  tokens: [
    ...[
      '"',
      '"\\n',
      '\\n',
      '\\u0000',
      ',',
      '{}',
      '[]',
      'null',
      '-1',
      '1e9',
      '0',
      '65536',
      '/0',
      '/32',
      '/128',
      '/33',
    ],
    ...[
      '"linklocal":true,',
      '"dhcp"',
      '"addrconf"',
      '"gateways":["192.0.2.1","2001:db8::1"],',
      '"primary":true,',
    ],
    ...[
      '::',
      '::1',
      '::ffff:1.2.3.4',
      'fe80::1%eth0',
      '0.0.0.0',
      '255.255.255.255',
      '127.0.0.1',
      '010.0.0.1',
      '1.2.3',
    ],
    ...[
      '{"interface":"net1","ips":["10.0.0.2/8"]},',
      '{"dst":"10.0.0.0/8","gateway":"192.0.2.1"},',
      '"mtu":1400,',
    ],
  ],
  open(folder) {
    const root = openRoot(folder);
    return {
      async hold(values) {
        const network = networkOf(instanceOf(values), [], 'full');
        if (network === undefined) return;
        const wanted = JSON.stringify(configured(network).map(normal));
        const others: Readonly<Record<string, readonly ReadBack[]>> = {
          suse: configuredByHostRoutes(network).map(withEveryAdvertisedDefault),
          ifcfg: configuredByHostRoutes(network),
          networkmanager: configuredByHostRoutes(network, isReachedByProfile),
        };
        for (const [name, read] of readers) {
          const renderer = await loadRenderer(name);
          const files = await renderer.files(network, root);
          for (const { path } of files) assert.match(path, /^\/[\w./-]+$/);
          const back = read(files).filter((one) => typeof one !== 'string');
          const other = others[name];
          assert.equal(
            JSON.stringify(back.map(normal)),
            other === undefined ? wanted : JSON.stringify(other.map(normal)),
            name,
          );
        }
      },
      close: () => undefined,
    };
  },
};

/** All in one order: formats differ in what they can keep of it. */
function normal(one: ReadBack): unknown {
  return Object.entries(sorted(one)).sort(([a], [b]) => (a < b ? -1 : 1));
}
