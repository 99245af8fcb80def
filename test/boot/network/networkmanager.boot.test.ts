import { expect, it } from 'vitest';
import { caseNamed } from '../../network/cases.ts';
import { expectHandsOff } from './hands-off.ts';
import { newMachine } from './machine.ts';
import { modelled, observe, toFarGateways } from './observed.ts';
import { networkmanager } from './services.ts';
import { staticCases } from './static-cases.ts';

it.each(staticCases)('NetworkManager does what the model says: $name', async ({ network }) => {
  const machine = await newMachine(network);
  await networkmanager.install(machine, network);
  await networkmanager.online(machine);
  const active = await machine.run(
    'nmcli',
    '--terse',
    '--fields',
    'name,device',
    'connection',
    'show',
    '--active',
  );
  const names = active.split('\n').filter((line) => line.startsWith('lx-agent'));
  expect(names.sort()).toEqual(network.interfaces.map(({ name }) => `lx-agent-${name}:${name}`).sort());
  const { routes, ...rest } = await observe(machine);
  const wanted = modelled(network);
  expect(rest).toEqual({ addresses: wanted.addresses, mtus: wanted.mtus });
  expect(routes).toEqual([...wanted.routes, ...toFarGateways(network)].sort());
});

it.each(['hands-off', 'several-addresses', 'v6-only'])(
  'leaves what the platform did as it is, and is online: %s',
  async (name) =>
    await expectHandsOff(networkmanager, caseNamed(name), async (machine) => {
      const devices = await machine.run('nmcli', '--terse', '--fields', 'device,state', 'device');
      expect(devices).toContain('eth0:unmanaged');
    }),
);
