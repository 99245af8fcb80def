import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Network } from '../../agent/network/model.ts';
import { networkmanager } from '../../agent/network/networkmanager.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';
import { cases } from './cases.ts';
import { asGolden } from './golden.ts';
import { hostileNetwork } from './hostile.ts';
import { readKeyfile, readUnmanaged } from './readers/networkmanager.ts';
import {
  configured,
  configuredByHostRoutes,
  isReachedByProfile,
  leftAlone,
  sorted,
} from './readers/read-back.ts';

const files = async (network: Network, { root } = scratchSystem({})) =>
  await networkmanager.files(network, root);
const isProfile = ({ path }: { readonly path: string }) => path.endsWith('.nmconnection');

it.each(cases)('renders what a person can read: $name', async ({ name, network }) => {
  const rendered = await files(network);
  await expect(asGolden(rendered)).toMatchFileSnapshot(`golden/networkmanager/${name}`);
  expect(rendered.every(({ path }) => networkmanager.owns(path))).toBe(true);
});

it('says all of the model', async () => {
  const system = scratchSystem({});
  await fc.assert(
    fc.asyncProperty(arbitraryNetwork, async (network) => {
      const rendered = await files(network, system);
      const profiles = rendered.filter(isProfile).map(({ content }) => readKeyfile(content));
      const alone = rendered
        .filter((file) => !isProfile(file))
        .flatMap(({ content }) => readUnmanaged(content));
      expect(profiles.map(sorted)).toEqual(configuredByHostRoutes(network, isReachedByProfile));
      expect(alone).toEqual(leftAlone(network));
    }),
  );
});

it('lets nobody else read a profile, or NetworkManager would not either', async () => {
  for (const { network } of cases)
    expect((await files(network)).filter(isProfile).every(({ mode }) => mode === 0o600)).toBe(true);
});

it('lets no hostile text through', async () => {
  const rendered = await files(hostileNetwork);
  expect(asGolden(rendered)).not.toMatch(/touch|reboot|eth9|net2|Unmanaged/);
  expect(rendered.map(({ content }) => readKeyfile(content))).toEqual(configured(hostileNetwork));
});
