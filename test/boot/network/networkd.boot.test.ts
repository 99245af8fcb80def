import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Network } from '../../../agent/network/model.ts';
import { networkd } from '../../../agent/network/networkd.ts';
import { openRoot } from '../../../agent/system/root.ts';
import { caseNamed, cases } from '../../network/cases.ts';
import { type Machine, newMachine } from './machine.ts';
import { configureAsPlatform, modelled, observe, snapshot } from './observed.ts';
import { staticCases } from './static-cases.ts';

const rendered = async (network: Network) => await networkd.files(network, openRoot('/'));

/** Start networkd, and wait as network-online.target does; then end it, if it is to be. */
async function online(machine: Machine): Promise<() => Promise<void>> {
  const service = machine.start('/lib/systemd/systemd-networkd');
  await machine.run('/lib/systemd/systemd-networkd-wait-online', '--timeout=20');
  return async () => {
    await machine.run('bash', '-c', 'kill "$(pidof systemd-networkd)"');
    while (service.exitCode === null && service.signalCode === null) await sleep(20);
  };
}

it.each(staticCases.filter(({ network }) => network.interfaces.length > 0))(
  'networkd does what the model says: $name',
  async ({ network }) => {
    const machine = await newMachine(network);
    await machine.write(await rendered(network));
    await online(machine);
    expect(await observe(machine)).toEqual(modelled(network));
  },
);

it.each(
  ['hands-off', 'several-addresses', 'v6-only', 'route-by-no-neighbour', '32-nics', 'no-address'].map(
    (name) => ({ name, network: caseNamed(name) }),
  ),
)('leaves what the platform did as it is, and is online: $name', async ({ network }) => {
  const machine = await newMachine(network);
  await configureAsPlatform(machine, network);
  expect(await observe(machine)).toEqual(modelled(network));
  const before = await snapshot(machine);
  const interfaces = network.interfaces.map((one) => ({ ...one, policy: 'hands-off' as const }));
  await machine.write(await rendered({ ...network, interfaces }));
  const stop = await online(machine);
  expect(await snapshot(machine)).toBe(before);
  await stop();
  expect(await snapshot(machine)).toBe(before);
  await online(machine);
  expect(await snapshot(machine)).toBe(before);
});

it('understands every line of every case', async () => {
  const machine = await newMachine({ interfaces: [], resolvers: [], search: [] });
  for (const { name, network } of cases)
    await machine.write(
      (await rendered(network)).map((file) => ({ ...file, path: file.path.replace('10-', `10-${name}-`) })),
    );
  // What it does not understand, networkd says when it reads the files; this one shows that it does.
  await machine.write([
    {
      path: '/etc/systemd/network/99-odd.network',
      content: '[Match]\nName=odd0\n[Network]\nNoSuchThing=1\n',
    },
  ]);
  const said = await machine.run('bash', '-c', 'timeout 1 /lib/systemd/systemd-networkd 2>&1; true');
  expect(said.split('\n').filter((line) => line.includes('.network:'))).toEqual([
    expect.stringContaining('99-odd.network:4: Unknown key'),
  ]);
});
