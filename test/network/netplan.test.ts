import fc from 'fast-check';
import { expect, it } from 'vitest';
import { netplan } from '../../agent/network/netplan.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';
import { cases } from './cases.ts';
import { asGolden } from './golden.ts';
import { hostileNetwork } from './hostile.ts';
import { readNetplan } from './readers/netplan.ts';
import { configured, leftAlone } from './readers/read-back.ts';

it.each(cases)('renders what a person can read: $name', async ({ name, network }) => {
  const files = await netplan.files(network, scratchSystem({}).root);
  await expect(asGolden(files)).toMatchFileSnapshot(`golden/netplan/${name}`);
  expect(files.every(({ path }) => netplan.owns(path))).toBe(true);
});

it('says all of the model', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryNetwork, async (network) => {
      const back = readNetplan(await netplan.files(network, scratchSystem({}).root));
      expect(back.filter((one) => typeof one !== 'string')).toEqual(configured(network));
      expect(back.filter((one) => typeof one === 'string')).toEqual(leftAlone(network));
    }),
  );
});

it('says that a carrier will do of each interface that is to have no address, and of no other', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryNetwork, async (network) => {
      const files = await netplan.files(network, scratchSystem({}).root);
      const dropIns = files.filter(({ content }) => content.includes('RequiredForOnline=carrier'));
      const idle = network.interfaces.filter(
        ({ addresses, dhcp, addrconf }) => addresses.length === 0 && !dhcp && !addrconf,
      );
      expect(dropIns.map(({ path }) => path)).toEqual(
        idle.map(({ name }) => `/etc/systemd/network/10-netplan-${name}.network.d/lx-agent.conf`),
      );
    }),
  );
});

it('lets no hostile text through', async () => {
  const files = await netplan.files(hostileNetwork, scratchSystem({}).root);
  expect(asGolden(files)).not.toMatch(/touch|reboot|eth9|net2/);
  expect(readNetplan(files)).toEqual(configured(hostileNetwork));
});
