import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ifupdown, renderInterfaces } from '../../agent/network/ifupdown.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';
import { caseNamed, cases } from './cases.ts';
import { asGolden } from './golden.ts';
import { hostileNetwork } from './hostile.ts';
import { readInterfaces } from './readers/ifupdown.ts';
import { configured, leftAlone } from './readers/read-back.ts';

const main = '/etc/network/interfaces';
const path = '/etc/network/interfaces.d/lx-agent';

it.each(cases)('renders what a person can read: $name', async ({ name, network }) => {
  const system = scratchSystem({ [main]: 'source /etc/network/interfaces.d/*\n' });
  const files = await ifupdown.files(network, system.root);
  await expect(asGolden(files)).toMatchFileSnapshot(`golden/ifupdown/${name}`);
  expect(files.every((file) => ifupdown.owns(file.path))).toBe(true);
});

it('says all of the model', () => {
  fc.assert(
    fc.property(arbitraryNetwork, (network) => {
      const back = readInterfaces(renderInterfaces(network));
      expect(back.filter((one) => typeof one !== 'string')).toEqual(configured(network));
      expect(back.filter((one) => typeof one === 'string')).toEqual(leftAlone(network));
    }),
  );
});

it.each([
  ['source /etc/network/interfaces.d/*\n', []],
  ['source interfaces.d/*\n', []],
  ['source-directory /etc/network/interfaces.d\n', []],
  ['auto lo\niface lo inet loopback\n', [`auto lo\niface lo inet loopback\n\nsource ${path}\n`]],
  ['auto lo', [`auto lo\n\nsource ${path}\n`]],
])('is included by %j', async (text, expected) => {
  const files = await ifupdown.files(caseNamed('plain'), scratchSystem({ [main]: text }).root);
  expect(files.filter((file) => file.path === main).map(({ content }) => content)).toEqual(expected);
});

it('lets no hostile text through', () => {
  const text = renderInterfaces(hostileNetwork);
  expect(text).not.toMatch(/touch|reboot|eth9|net2|Unmanaged/);
  expect(readInterfaces(text)).toEqual(configured(hostileNetwork));
});
