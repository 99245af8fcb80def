import { describe, expect, it } from 'vitest';
import { isIncluded } from '../../../agent/network/interfaces-source.ts';
import { openRoot } from '../../../agent/system/open-root.ts';
import { caseNamed } from '../../network/cases.ts';
import { temporaryRoot } from '../../support/temporary-root.ts';
import { ifup, ifupNames } from './ifups.ts';
import { newMachine } from './machine.ts';
import { configureAsPlatform, modelled, observe, snapshot } from './observed.ts';
import { staticCases } from './static-cases.ts';

const path = '/etc/network/interfaces.d/lx-agent';

describe.each(ifupNames)('%s', (name) => {
  // BusyBox takes a second for each IPv6 address: 32 of them would only show that.
  const held = staticCases.filter((one) => name !== 'BusyBox' || one.name !== '32-nics');

  it.each(held)('does what the model says: $name', async ({ network }) => {
    const machine = await newMachine(network);
    const service = ifup(name);
    await service.install(machine, network);
    await service.online(machine);
    expect(await observe(machine)).toEqual(modelled(network));
  });

  it('leaves what the platform did as it is', async () => {
    const network = caseNamed('hands-off');
    const machine = await newMachine(network);
    await configureAsPlatform(machine, network);
    expect(await observe(machine)).toEqual(modelled(network));
    const before = await snapshot(machine);
    await ifup(name).install(machine, network);
    for (const [program, ...args] of [
      ['ifup', '-a'],
      ['ifdown', '-a'],
      ['ifup', '-a'],
    ] as const) {
      await machine.run(program, ...args);
      expect(await snapshot(machine), [program, ...args].join(' ')).toBe(before);
    }
    // What a tool that takes every interface for its own may ask. ifupdown2 then removes the route, whatever the file says.
    await machine.run('ifup', 'eth0');
    expect((await observe(machine)).addresses).toEqual(modelled(network).addresses);
    if (name !== 'ifupdown2') expect(await snapshot(machine)).toBe(before);
  });

  it.each([
    'source /etc/network/interfaces.d/lx-agent',
    'source /etc/network/interfaces.d/*',
    'source /etc/network/interfaces.d/*.cfg',
    'source interfaces.d/*',
    'source-directory /etc/network/interfaces.d',
    'source-directory /etc/network',
    'source /etc/network/site',
  ])('reads the file by the line that the agent takes for enough: %s', async (line) => {
    const network = caseNamed('plain');
    const machine = await newMachine(network);
    await ifup(name).install(machine, network);
    const files = {
      '/etc/network/interfaces': `auto lo\niface lo inet loopback\n${line}\n`,
      '/etc/network/site': 'source /etc/network/interfaces.d/*\n',
    };
    await machine.write(Object.entries(files).map(([file, content]) => ({ path: file, content })));
    await machine.run('bash', '-c', 'ifup -a || :');
    const target = (await machine.run('bash', '-c', 'readlink /usr/sbin/ifup || :')).trim();
    const root = openRoot(temporaryRoot({ ...files, '/usr/sbin/ifup': target === '' ? '' : `-> ${target}` }));
    expect((await observe(machine)).addresses).toEqual(
      isIncluded(root, path) ? modelled(network).addresses : [],
    );
  });
});
