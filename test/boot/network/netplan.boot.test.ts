import { expect, it } from 'vitest';
import { caseNamed, cases } from '../../network/cases.ts';
import { expectHandsOff } from './hands-off.ts';
import { newMachine } from './machine.ts';
import { modelled, observe } from './observed.ts';
import { generate, netplan } from './services.ts';
import { staticCases } from './static-cases.ts';

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

it.each(staticCases.filter(({ network }) => network.interfaces.length > 0))(
  'networkd does what the model says: $name',
  async ({ network }) => {
    const machine = await newMachine(network);
    await netplan.install(machine, network);
    await netplan.online(machine);
    expect(await observe(machine)).toEqual(modelled(network));
  },
);

it.each(['hands-off', 'several-addresses', 'v6-only', 'no-address'])(
  'leaves what the platform did as it is, and is online: %s',
  async (name) => await expectHandsOff(netplan, caseNamed(name)),
);
