import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Network } from '../../agent/network/model.ts';
import { networkd } from '../../agent/network/networkd.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';
import { caseNamed, cases } from './cases.ts';
import { asGolden } from './golden.ts';
import { hostileNetwork } from './hostile.ts';
import { readNetworkUnit } from './readers/networkd.ts';
import { configured, leftAlone } from './readers/read-back.ts';

const files = async (network: Network, { root } = scratchSystem({})) => await networkd.files(network, root);

it.each(cases)('renders what a person can read: $name', async ({ name, network }) => {
  const rendered = await files(network);
  await expect(asGolden(rendered)).toMatchFileSnapshot(`golden/networkd/${name}`);
  expect(rendered.every(({ path }) => networkd.owns(path))).toBe(true);
});

it('says all of the model', async () => {
  const system = scratchSystem({});
  await fc.assert(
    fc.asyncProperty(arbitraryNetwork, async (network) => {
      const rendered = await files(network, system);
      const back = rendered.filter(({ path }) => path.endsWith('.network')).map(readNetworkUnit);
      expect(back.filter((one) => typeof one !== 'string')).toEqual(configured(network));
      expect(back.filter((one) => typeof one === 'string')).toEqual(leftAlone(network));
    }),
  );
});

it('changes only the file of the interface that has changed', async () => {
  const before = await files(caseNamed('routes'));
  const after = await files(caseNamed('route-by-no-neighbour'));
  expect(before.map(({ path }) => path)).toEqual(after.map(({ path }) => path));
  expect(await files(caseNamed('routes'))).toEqual(before);
  const changed = await files({
    ...caseNamed('routes'),
    interfaces: caseNamed('routes').interfaces.map((one, index) =>
      index === 1 ? { ...one, mtu: 1400 } : one,
    ),
  });
  expect(changed.filter(({ content }, index) => content !== before[index]?.content)).toMatchObject([
    { path: '/etc/systemd/network/10-lx-agent-eth1.network' },
  ]);
});

it('lets no hostile text through', async () => {
  const rendered = await files(hostileNetwork);
  expect(asGolden(rendered)).not.toMatch(/touch|reboot|eth9|net2|Unmanaged/);
  expect(rendered.map(readNetworkUnit)).toEqual(configured(hostileNetwork));
});
