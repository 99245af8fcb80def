import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Network } from '../../agent/network/model.ts';
import { netifrc } from '../../agent/network/netifrc.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';
import { caseNamed, cases } from './cases.ts';
import { asGolden } from './golden.ts';
import { hostileNetwork } from './hostile.ts';
import { readNetifrc } from './readers/netifrc.ts';
import { configured, leftAlone } from './readers/read-back.ts';

async function render(network: Network) {
  return await netifrc.files(network, scratchSystem({ '/etc/init.d/net.lo': '' }).root);
}

it.each(cases)('renders what a person can read: $name', async ({ name, network }) => {
  const files = await render(network);
  await expect(asGolden(files, netifrc.linksOf)).toMatchFileSnapshot(`golden/netifrc/${name}`);
  expect(files.every(({ path }) => netifrc.owns(path))).toBe(true);
});

it('says all of the model', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryNetwork, async (network) => {
      const files = await render(network);
      const back = files.map(readNetifrc);
      expect(back.filter((one) => typeof one !== 'string')).toEqual(configured(network));
      expect(back.filter((one) => typeof one === 'string')).toEqual(leftAlone(network));
      // A service for each that it configures, and for no other.
      expect(files.map(({ linked }) => linked)).toEqual(back.map((one) => typeof one !== 'string'));
    }),
  );
});

it('has no service without netifrc’s script', async () => {
  const files = await netifrc.files(caseNamed('plain'), scratchSystem({}).root);
  expect(files.map(({ linked }) => linked)).toEqual([false]);
});

it('lets no hostile text through', async () => {
  const files = await render(hostileNetwork);
  expect(asGolden(files)).not.toMatch(/touch|reboot|eth9|net2/);
  expect(files.map(readNetifrc)).toEqual(configured(hostileNetwork));
});
