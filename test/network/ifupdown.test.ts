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

const line = `source ${path}\n`;
const ifups = {
  ifupdown: '',
  'ifupdown-ng': '-> ifupdown',
  ifupdown2: '-> /usr/share/ifupdown2/ifupdown2',
  BusyBox: '-> /bin/busybox',
};

/** What each ifup makes of a line was seen; test/boot/network/ifupdown.boot.test.ts sees it again. */
it.each([
  ['source /etc/network/interfaces.d/lx-agent', ['ifupdown', 'ifupdown-ng', 'ifupdown2', 'BusyBox']],
  ['source /etc/network/interfaces.d/*', ['ifupdown', 'ifupdown2']],
  ['source /etc/network/*.d/lx-[a-z]gent', ['ifupdown', 'ifupdown2']],
  ['source interfaces.d/*', ['ifupdown']],
  ['source-directory /etc/network/interfaces.d', ['ifupdown', 'ifupdown-ng', 'BusyBox']],
  ['  source-directory /etc/network/interfaces.d/', ['ifupdown', 'ifupdown-ng', 'BusyBox']],
  ['source /etc/network/interfaces.d/\\\nlx-agent', ['ifupdown', 'ifupdown-ng', 'ifupdown2', 'BusyBox']],
  ['source /etc/network/site', ['ifupdown', 'ifupdown2']],
  ['source interfaces.d/*.cfg', []],
  ['source /etc/network/interfaces.d/*.cfg', []],
  ['source /etc/network/interfaces.d/lx-agent.cfg', []],
  ['source /etc/network/interfaces.d/[', []],
  ['source-directory /etc/network', ['ifupdown']],
  ['# source /etc/network/interfaces.d/*', []],
  ['auto lo\niface lo inet loopback', []],
])('is included by %j for %j', async (text, including) => {
  for (const [name, ifup] of Object.entries(ifups)) {
    const tree = {
      [main]: text,
      '/etc/network/site': 'source /etc/network/interfaces.d/*\n',
      '/sbin/ifup': ifup,
    };
    const files = await ifupdown.files(caseNamed('plain'), scratchSystem(tree).root);
    const written = files.filter((file) => file.path === main).map(({ content }) => content);
    expect(written, name).toEqual(including.includes(name) ? [] : [`${text}\n\n${line}`]);
  }
});

it('makes a main file that every ifup reads, where there is none', async () => {
  const files = await ifupdown.files(caseNamed('plain'), scratchSystem({}).root);
  expect(files.find((file) => file.path === main)?.content).toBe(`auto lo\niface lo inet manual\n\n${line}`);
});

it('mends the main file that an earlier version made, for an ifup that cannot read it', async () => {
  const former = 'auto lo\niface lo inet loopback\n\nsource /etc/network/interfaces.d/*\n';
  const written = async (ifup: string) => {
    const { root } = scratchSystem({ [main]: former, '/sbin/ifup': ifup });
    const files = await ifupdown.files(caseNamed('plain'), root);
    return files.find((file) => file.path === main)?.content;
  };
  expect(await written(ifups.ifupdown)).toBeUndefined();
  expect(await written(ifups.BusyBox)).toBe(`auto lo\niface lo inet manual\n\n${line}`);
});

it('ends where files include each other', async () => {
  const system = scratchSystem({ [main]: `source ${main}\n`, '/sbin/ifup': '' });
  const files = await ifupdown.files(caseNamed('plain'), system.root);
  expect(files.find((file) => file.path === main)?.content).toContain(line);
});

it('lets no hostile text through', () => {
  const text = renderInterfaces(hostileNetwork);
  expect(text).not.toMatch(/touch|reboot|eth9|net2|Unmanaged/);
  expect(readInterfaces(text)).toEqual(configured(hostileNetwork));
});
