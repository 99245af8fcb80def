import { expect, it } from 'vitest';
import { apply } from '../../agent/change/apply.ts';
import { fingerprint } from '../../agent/change/ownership.ts';
import { settle } from '../../agent/change/settle.ts';
import { network } from '../../agent/steps/network.ts';
import { defaultConfiguration } from '../../agent/system/configuration.ts';
import { emptyState } from '../../agent/system/state.ts';
import { files, planned, scratchSystem } from '../support/scratch-system.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
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

it('is skipped in a Docker container, without NICs, and where no network service is known', async () => {
  const { system } = machine();
  expect(await network.plan(instanceWith({ docker: true, nics: [] }), system)).toHaveProperty('skip');
  expect(await network.plan(instanceWith(), system)).toHaveProperty('skip');
  const bare = scratchSystem({}, { root: liveRoot(temporaryRoot()) });
  expect(await network.plan(instanceWith({ nics: [] }), bare)).toHaveProperty('skip');
});
