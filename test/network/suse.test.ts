import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Network } from '../../agent/network/model.ts';
import { suse } from '../../agent/network/suse.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';
import { cases } from './cases.ts';
import { asGolden } from './golden.ts';
import { hostileNetwork } from './hostile.ts';
import {
  configured,
  configuredByHostRoutes,
  leftAlone,
  sorted,
  withEveryAdvertisedDefault,
} from './readers/read-back.ts';
import { readSuse } from './readers/suse.ts';

async function render(network: Network) {
  return await suse.files(network, scratchSystem({}).root);
}

it.each(cases)('renders what a person can read: $name', async ({ name, network }) => {
  const files = await render(network);
  await expect(asGolden(files)).toMatchFileSnapshot(`golden/suse/${name}`);
  expect(files.every(({ path }) => suse.owns(path))).toBe(true);
});

it('says all of the model', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryNetwork, async (network) => {
      const back = readSuse(await render(network));
      expect(back.filter((one) => typeof one !== 'string').map(sorted)).toEqual(
        configuredByHostRoutes(network).map(withEveryAdvertisedDefault),
      );
      expect(back.filter((one) => typeof one === 'string')).toEqual(leftAlone(network));
    }),
  );
});

it('lets no hostile text through', async () => {
  const files = await render(hostileNetwork);
  expect(asGolden(files)).not.toMatch(/touch|reboot|eth9|net2/);
  expect(readSuse(files)).toEqual(configured(hostileNetwork));
});
