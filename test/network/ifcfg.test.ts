import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ifcfg } from '../../agent/network/ifcfg.ts';
import type { Network } from '../../agent/network/model.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';
import { cases } from './cases.ts';
import { asGolden } from './golden.ts';
import { hostileNetwork } from './hostile.ts';
import { readIfcfg } from './readers/ifcfg.ts';
import { byFamily, configured, configuredByHostRoutes, leftAlone, sorted } from './readers/read-back.ts';

async function render(network: Network) {
  return await ifcfg.files(network, scratchSystem({}).root);
}

it.each(cases)('renders what a person can read: $name', async ({ name, network }) => {
  const files = await render(network);
  await expect(asGolden(files)).toMatchFileSnapshot(`golden/ifcfg/${name}`);
  expect(files.every(({ path }) => ifcfg.owns(path))).toBe(true);
});

it('says all of the model', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryNetwork, async (network) => {
      const back = readIfcfg(await render(network));
      expect(back.filter((one) => typeof one !== 'string').map(sorted)).toEqual(
        configuredByHostRoutes(network),
      );
      expect(back.filter((one) => typeof one === 'string')).toEqual(leftAlone(network));
    }),
  );
});

it('lets no hostile text through', async () => {
  const files = await render(hostileNetwork);
  expect(asGolden(files)).not.toMatch(/touch|reboot|eth9|net2/);
  expect(readIfcfg(files)).toEqual(configured(hostileNetwork).map(byFamily));
});
