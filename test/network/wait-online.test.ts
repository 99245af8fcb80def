import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadRenderer } from '../../agent/network/choose.ts';
import { waitOnline } from '../../agent/network/wait-online.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';

test.each(['networkd', 'netplan'] as const)(
  'wait-online is told of a machine without interfaces, and of no other: %s',
  async (name) => {
    const renderer = await loadRenderer(name);
    const { root } = scratchSystem({});
    await fc.assert(
      fc.asyncProperty(arbitraryNetwork, async (network) => {
        const told = (await renderer.files(network, root)).filter(({ path }) => waitOnline.owns(path));
        expect(told).toHaveLength(network.interfaces.length === 0 ? 1 : 0);
      }),
    );
  },
);
