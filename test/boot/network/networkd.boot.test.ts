import { expect, it } from 'vitest';
import { networkd as format } from '../../../agent/network/networkd.ts';
import { openRoot } from '../../../agent/system/open-root.ts';
import { caseNamed, cases } from '../../network/cases.ts';
import { expectHandsOff } from './hands-off.ts';
import { newMachine } from './machine.ts';
import { modelled, observe } from './observed.ts';
import { networkd } from './services.ts';
import { staticCases } from './static-cases.ts';

it.each(staticCases.filter(({ network }) => network.interfaces.length > 0))(
  'networkd does what the model says: $name',
  async ({ network }) => {
    const machine = await newMachine(network);
    await networkd.install(machine, network);
    await networkd.online(machine);
    expect(await observe(machine)).toEqual(modelled(network));
  },
);

it.each(['hands-off', 'several-addresses', 'v6-only', 'route-by-no-neighbour', '32-nics', 'no-address'])(
  'leaves what the platform did as it is, and is online: %s',
  async (name) => await expectHandsOff(networkd, caseNamed(name)),
);

it('understands every line of every case', async () => {
  const machine = await newMachine({ interfaces: [], resolvers: [], search: [] });
  for (const { name, network } of cases) {
    const files = await format.files(network, openRoot('/'));
    await machine.write(files.map((file) => ({ ...file, path: file.path.replace('10-', `10-${name}-`) })));
  }
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
