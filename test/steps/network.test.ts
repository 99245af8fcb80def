import { expect, it } from 'vitest';
import { apply } from '../../agent/change/apply.ts';
import { fingerprint } from '../../agent/change/ownership.ts';
import { settle } from '../../agent/change/settle.ts';
import { planPreparation, prepare } from '../../agent/image/prepare.ts';
import { rules } from '../../agent/image/rules/all.ts';
import { chooseRenderer, loadRenderer } from '../../agent/network/choose.ts';
import { choiceWith, idleService } from '../../agent/network/idle-service.ts';
import { ifupdown } from '../../agent/network/ifupdown.ts';
import { network } from '../../agent/steps/network.ts';
import { defaultConfiguration } from '../../agent/system/configuration.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { files, planned, scratchSystem } from '../support/scratch-system.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { instanceWith, liveRoot } from './fixture.ts';

const nic = (index: number, address: string) => ({
  interface: `net${index}`,
  mac: `02:08:20:00:00:9${index}`,
  ips: [address],
  primary: index === 0,
});
const metadata = (...nics: object[]) => ({ 'sdc:nics': JSON.stringify(nics) });
const both = metadata(nic(0, '192.0.2.10/24'), nic(1, '198.51.100.20/24'));

const networkdFile = (index: number) => `/etc/systemd/network/10-lx-agent-eth${index}.network`;

/** A machine whose network service is networkd, with the agent's files of an earlier run. */
function machine(tree: Record<string, string> = {}) {
  const root = liveRoot(temporaryRoot({ '/usr/lib/systemd/systemd-networkd': '', ...tree }));
  const ours = Object.entries(tree).filter(([path]) => path.includes('lx-agent'));
  const recorded = Object.fromEntries(ours.map(([path, content]) => [path, fingerprint(content)]));
  return { system: scratchSystem({}, { root, state: { ...emptyState, files: recorded } }), root };
}

it('wants nothing once its files are there', async () => {
  const { system, root } = machine();
  for (const settled of settle(await planned(network, both, system), root, emptyState))
    if (settled.result === 'wanted') await apply(settled, root);
  const again = settle(await planned(network, both, system), root, emptyState);
  expect(again.map(({ result }) => result)).toEqual(['unchanged', 'unchanged']);
});

it('changes only the file of the interface whose address changed', async () => {
  const { root } = machine();
  const full = { ...defaultConfiguration, network: { renderer: 'networkd', policy: 'full' } } as const;
  const system = scratchSystem({}, { root, configuration: full });
  const before = files(await planned(network, both, system));
  const after = files(
    await planned(network, metadata(nic(0, '192.0.2.10/24'), nic(1, '198.51.100.21/24')), system),
  );
  const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
  expect(changed).toEqual([networkdFile(1)]);
});

it('removes the file of an interface that is gone, unless somebody edited it, and nobody else’s', async () => {
  const tree = { [networkdFile(1)]: '[Match]\nName=eth1\n', '/etc/systemd/network/50-own.network': '' };
  const { system, root } = machine(tree);
  const changes = await planned(network, metadata(nic(0, '192.0.2.10/24')), system);
  expect(changes.filter(({ kind }) => kind === 'absent')).toMatchObject([{ path: networkdFile(1) }]);
  const results = (state: typeof system.state) =>
    settle(changes, root, state).flatMap(({ change, result }) => (change.kind === 'absent' ? [result] : []));
  expect(results(system.state)).toEqual(['wanted']);
  expect(results({ ...emptyState, files: { [networkdFile(1)]: fingerprint('other') } })).toEqual(['kept']);
});

it('names an installer’s file that would win over its own', async () => {
  const { system } = machine({ '/etc/systemd/network/05-own.network': '[Match]\nName=eth0\n' });
  const [change] = await planned(network, both, system);
  expect(change?.why).toBe(
    "the network files of networkd follow sdc:nics; /etc/systemd/network/05-own.network, which is not the agent's, also configures eth0",
  );
});

it('has netplan take up files that changed, and runs nothing where none did', async () => {
  const root = liveRoot(temporaryRoot({ '/usr/sbin/netplan': '' }));
  const system = scratchSystem({}, { root });
  const changes = await planned(network, both, system);
  expect(changes.at(-1)).toMatchObject({ kind: 'command', argv: ['netplan', 'generate'] });
  for (const settled of settle(changes, root, emptyState))
    if (settled.result === 'wanted' && settled.change.kind === 'file') await apply(settled, root);
  expect((await planned(network, both, system)).map(({ kind }) => kind)).toEqual(['file']);
  // A file that its owner edited is kept, so that nothing is new for netplan.
  const edited = { ...emptyState, files: { '/etc/netplan/90-lx-agent.yaml': fingerprint('other') } };
  const more = metadata(nic(0, '192.0.2.11/24'), nic(1, '198.51.100.20/24'), nic(2, '203.0.113.2/24'));
  const kept = await planned(network, more, scratchSystem({}, { root, state: edited }));
  expect(kept.map(({ kind }) => kind)).toEqual(['file']);
});

it('has systemd take up that there is no interface to wait for, and that there is one again', async () => {
  const { system, root } = machine();
  const none = await planned(network, metadata(), system);
  const reload = { kind: 'command', argv: ['systemctl', 'daemon-reload'] };
  expect(none).toMatchObject([{ kind: 'file' }, reload]);
  for (const settled of settle(none, root, emptyState))
    if (settled.result === 'wanted' && settled.change.kind === 'file') await apply(settled, root);
  expect(await planned(network, metadata(), system)).toMatchObject([{ kind: 'file' }]);
  const paths = none.flatMap((change) => (change.kind === 'file' ? [change] : []));
  const recorded = Object.fromEntries(paths.map(({ path, content }) => [path, fingerprint(content)]));
  const after = scratchSystem({}, { root, state: { ...emptyState, files: recorded } });
  expect(await planned(network, metadata(nic(0, '192.0.2.10/24')), after)).toMatchObject([
    { kind: 'file', path: networkdFile(0) },
    { kind: 'absent', path: paths[0]?.path },
    reload,
  ]);
});

it('leaves it to the next boot what netplan makes of a root that is not running', async () => {
  const system = scratchSystem({ '/usr/sbin/netplan': '' });
  expect((await planned(network, both, system)).map(({ kind }) => kind)).toEqual(['file']);
});

/** A Gentoo machine, configured in full by netifrc. */
function gentoo(links: Readonly<Record<string, string>> = {}, recorded: readonly string[] = []) {
  const root = liveRoot(temporaryRoot({ '/etc/init.d/net.lo': '', '/etc/runlevels/default/local': '' }));
  for (const [path, target] of Object.entries(links)) root.link(path, target);
  const system = scratchSystem(
    {},
    {
      root,
      distribution: { family: 'gentoo', id: 'gentoo', version: '', name: 'Gentoo' },
      configuration: { ...defaultConfiguration, network: { renderer: 'auto', policy: 'full' } },
      state: { ...emptyState, files: Object.fromEntries(recorded.map((path) => [path, fingerprint('')])) },
    },
  );
  return { root, system };
}

const services = {
  '/etc/init.d/net.eth1': 'net.lo',
  '/etc/runlevels/default/net.eth1': '/etc/init.d/net.eth1',
};

it('gives a Gentoo interface its service, once', async () => {
  const { root, system } = gentoo();
  const one = metadata(nic(1, '198.51.100.20/24'));
  const changes = await planned(network, one, system);
  expect(changes).toMatchObject([
    { kind: 'file', path: '/etc/conf.d/net.eth1' },
    ...Object.entries(services).map(([path, target]) => ({ kind: 'link', path, target })),
    { kind: 'command', argv: ['rc-update', '--update'] },
  ]);
  for (const settled of settle(changes, root, emptyState))
    if (settled.result === 'wanted' && settled.change.kind !== 'command') await apply(settled, root);
  const again = settle(await planned(network, one, system), root, emptyState);
  expect(again.map(({ result }) => result)).toEqual(['unchanged', 'unchanged', 'unchanged']);
});

it('has OpenRC look at its services once, for all new interfaces', async () => {
  const changes = await planned(network, both, gentoo().system);
  expect(changes.filter(({ kind }) => kind === 'link')).toHaveLength(4);
  expect(changes.filter(({ kind }) => kind === 'command')).toHaveLength(1);
});

it('removes the service of a Gentoo interface that is gone with its file', async () => {
  const { system } = gentoo(services, ['/etc/conf.d/net.eth1']);
  const changes = await planned(network, metadata(nic(0, '192.0.2.10/24')), system);
  expect(changes.flatMap((change) => (change.kind === 'absent' ? [change.path] : []))).toEqual([
    '/etc/runlevels/default/net.eth1',
    '/etc/init.d/net.eth1',
    '/etc/conf.d/net.eth1',
  ]);
});

it('leaves a link of the owner’s in place of its own, and one that is of no file of ours', async () => {
  const theirs = { '/etc/init.d/net.eth1': '/etc/init.d/net.own', '/etc/init.d/net.eth5': 'net.lo' };
  const { system } = gentoo(theirs, ['/etc/conf.d/net.eth7']);
  const changes = await planned(network, metadata(nic(1, '198.51.100.20/24')), system);
  expect(changes.flatMap((change) => ('path' in change ? [change.path] : []))).toEqual([
    '/etc/conf.d/net.eth1',
    '/etc/runlevels/default/net.eth1',
    '/etc/conf.d/net.eth7',
  ]);
});

it('removes the files of an interface that is gone whatever its name was', async () => {
  const folder = '/etc/sysconfig/network-scripts';
  const recorded = [`${folder}/ifcfg-net1`, `${folder}/route-net1`, `${folder}/route6-net1`, '/etc/hostname'];
  const root = liveRoot(temporaryRoot({ [`${folder}/x`]: '', '/etc/init.d/network': '' }));
  const state = { ...emptyState, files: Object.fromEntries(recorded.map((path) => [path, ''])) };
  const changes = await planned(network, metadata(), scratchSystem({}, { root, state }));
  expect(changes.map((change) => 'path' in change && change.path)).toEqual(recorded.slice(0, 3));
});

it('is skipped in a Docker container, without NICs, and where no network service is known', async () => {
  const { system } = machine();
  expect(await network.plan(instanceWith({ docker: true, nics: [] }), system)).toHaveProperty('skip');
  expect(await network.plan(instanceWith(), system)).toHaveProperty('skip');
  const bare = scratchSystem({}, { root: liveRoot(temporaryRoot()) });
  expect(await network.plan(instanceWith({ nics: [] }), bare)).toHaveProperty('skip');
});

it('leaves `auto` as it is where the service does its work', () => {
  expect(choiceWith(undefined, 'auto')).toBe('auto');
  expect(idleService(openRoot(temporaryRoot({ '/etc/init.d/networking': '#!/bin/sh\n' })), ifupdown)).toBe(
    undefined,
  );
});

/** A prepared image of each service: what keeps it from its work, as `image prepare` leaves it. */
const prepared: Readonly<
  Record<
    string,
    { tree: Tree; idle: string; family?: 'redhat' | 'suse'; init?: 'openrc' | 'sysvinit' | 'upstart' }
  >
> = {
  'networking of OpenRC': {
    tree: {
      '/sbin/ifup': '',
      '/etc/network/interfaces': '',
      '/etc/init.d/networking': '#!/sbin/openrc-run\n',
    },
    idle: '/etc/init.d/networking',
    init: 'openrc',
  },
  'networking of Upstart': {
    tree: { '/sbin/ifup': '', '/etc/network/interfaces': '', '/etc/init/networking.conf': '' },
    idle: '/etc/init/networking.override',
    init: 'upstart',
  },
  'network of Red Hat 7': {
    tree: { '/etc/sysconfig/network-scripts': null, '/etc/rc.d/init.d/network': '#!/bin/bash\n' },
    idle: '/etc/systemd/system/network.service',
    family: 'redhat',
  },
  'network of Red Hat 6': {
    tree: { '/etc/sysconfig/network-scripts': null, '/etc/rc.d/init.d/network': '#!/bin/bash\n' },
    idle: '/etc/rc.d/init.d/network',
    family: 'redhat',
    init: 'sysvinit',
  },
  NetworkManager: {
    tree: {
      '/usr/sbin/NetworkManager': '',
      '/lib/systemd/system/NetworkManager.service': '',
      '/usr/lib/systemd/systemd': '',
    },
    idle: '/etc/systemd/system/NetworkManager.service',
    family: 'redhat',
  },
  wicked: {
    tree: {
      '/usr/sbin/wicked': '',
      '/usr/lib/systemd/system/wicked.service': '',
      '/usr/lib/systemd/systemd': '',
    },
    idle: '/etc/systemd/system/wicked.service',
    family: 'suse',
  },
};

it.each(Object.entries(prepared))('takes all for the platform’s where %s was made idle', async (_, one) => {
  const { tree, idle, family = 'debian', init = 'systemd' } = one;
  const root = openRoot(temporaryRoot(tree));
  const distribution = { family, id: family, version: '1', name: family } as const;
  await prepare(root, planPreparation({ root, distribution, init }, rules), 'test');
  const given = { root, distribution, init } as const;
  const policies = async (policy: 'auto' | 'full') => {
    const configuration = { ...defaultConfiguration, network: { renderer: 'auto', policy } as const };
    const system = scratchSystem({}, { ...given, configuration });
    return (await planned(network, both, system)).map(({ why }) => why);
  };
  const unread = `; but nobody reads them, for ${idle} keeps the network service from its work`;
  expect((await policies('full')).every((why) => why.includes(unread))).toBe(true);
  expect((await policies('auto')).some((why) => why.includes(unread))).toBe(false);
  const renderer = await loadRenderer(chooseRenderer(scratchSystem({}, given)) ?? 'netifrc');
  const found = idleService(root, renderer);
  expect([found, choiceWith(found, 'auto'), choiceWith(found, 'full')]).toEqual([idle, 'hands-off', 'full']);
});
