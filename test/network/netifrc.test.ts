import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Network } from '../../agent/network/model.ts';
import { netifrc } from '../../agent/network/netifrc.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';
import { cases } from './cases.ts';
import { asGolden } from './golden.ts';
import { hostileNetwork } from './hostile.ts';
import { readNetifrc } from './readers/netifrc.ts';
import { configured, leftAlone } from './readers/read-back.ts';

async function render(network: Network) {
  return await netifrc.files(network, scratchSystem({}).root);
}

it.each(cases)('renders what a person can read: $name', async ({ name, network }) => {
  const files = await render(network);
  await expect(asGolden(files)).toMatchFileSnapshot(`golden/netifrc/${name}`);
  expect(files.every(({ path }) => netifrc.owns(path))).toBe(true);
});

it('says all of the model', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryNetwork, async (network) => {
      const back = (await render(network)).map(readNetifrc);
      expect(back.filter((one) => typeof one !== 'string')).toEqual(configured(network));
      expect(back.filter((one) => typeof one === 'string')).toEqual(leftAlone(network));
    }),
  );
});

it('lets no hostile text through', async () => {
  const files = await render(hostileNetwork);
  expect(asGolden(files)).not.toMatch(/touch|reboot|eth9|net2/);
  expect(files.map(readNetifrc)).toEqual(configured(hostileNetwork));
});
