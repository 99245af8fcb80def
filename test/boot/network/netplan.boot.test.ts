import { expect, it } from 'vitest';
import type { Network } from '../../../agent/network/model.ts';
import { netplan } from '../../../agent/network/netplan.ts';
import { openRoot } from '../../../agent/system/root.ts';
import { caseNamed, cases } from '../../network/cases.ts';
import { type Machine, newMachine } from './machine.ts';
import { configureAsPlatform, modelled, observe, snapshot } from './observed.ts';
import { staticCases } from './static-cases.ts';

/** Have netplan read the file, for a back end, and give what it says and where it put what. */
async function generate(machine: Machine, network: Network, backEnd: 'networkd' | 'NetworkManager') {
  await machine.write([
    { path: '/etc/netplan/00-back-end.yaml', content: `network: {renderer: ${backEnd}}\n`, mode: 0o600 },
    ...(await netplan.files(network, openRoot('/'))),
  ]);
  const said = await machine.run(
    'bash',
    '-euc',
    'rm -rf /run/systemd/network /run/NetworkManager/*; netplan generate 2>&1',
  );
  const files = await machine.run(
    'bash',
    '-c',
    'cd /run; find systemd/network NetworkManager -type f 2>/dev/null | sort',
  );
  return { said, files: files.split('\n').filter((path) => path !== '') };
}

it.each(cases)('accepts what it is given, for both back ends: $name', async ({ network }) => {
  const machine = await newMachine({ interfaces: [], resolvers: [], search: [] });
  const byNetworkd = await generate(machine, network, 'networkd');
  expect(byNetworkd.said).toBe('');
  // What it writes for udev beside that, where there is an MTU, nobody reads in a zone.
  expect(byNetworkd.files.filter((path) => !path.endsWith('.link'))).toEqual(
    network.interfaces.map(({ name }) => `systemd/network/10-netplan-${name}.network`).sort(),
  );
  const byNetworkManager = await generate(machine, network, 'NetworkManager');
  expect(byNetworkManager.said).toBe('');
  for (const { name, policy } of network.interfaces)
    expect(byNetworkManager.files).toContain(
      policy === 'full'
        ? `NetworkManager/system-connections/netplan-${name}.nmconnection`
        : `systemd/network/10-netplan-${name}.network`,
    );
});

async function online(machine: Machine): Promise<void> {
  machine.start('/lib/systemd/systemd-networkd');
  await machine.run('/lib/systemd/systemd-networkd-wait-online', '--timeout=20');
}

it.each(staticCases.filter(({ network }) => network.interfaces.length > 0))(
  'networkd does what the model says: $name',
  async ({ network }) => {
    const machine = await newMachine(network);
    await generate(machine, network, 'networkd');
    await online(machine);
    expect(await observe(machine)).toEqual(modelled(network));
  },
);

it.each(['hands-off', 'several-addresses', 'v6-only'])(
  'leaves what the platform did as it is, and is online: %s',
  async (name) => {
    const network = caseNamed(name);
    const machine = await newMachine(network);
    await configureAsPlatform(machine, network);
    expect(await observe(machine)).toEqual(modelled(network));
    const before = await snapshot(machine);
    const interfaces = network.interfaces.map((one) => ({ ...one, policy: 'hands-off' as const }));
    await generate(machine, { ...network, interfaces }, 'networkd');
    await online(machine);
    expect(await snapshot(machine)).toBe(before);
  },
);
