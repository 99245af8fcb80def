import { expect, it } from 'vitest';
import { caseNamed } from '../../network/cases.ts';
import { newMachine } from './machine.ts';
import { configureAsPlatform, modelled, observe, snapshot } from './observed.ts';
import { ifupdown } from './services.ts';
import { staticCases } from './static-cases.ts';

it.each(staticCases)('ifup does what the model says: $name', async ({ network }) => {
  const machine = await newMachine(network);
  await ifupdown.install(machine, network);
  await ifupdown.online(machine);
  expect(await observe(machine)).toEqual(modelled(network));
});

it('leaves what the platform did as it is', async () => {
  const network = caseNamed('hands-off');
  const machine = await newMachine(network);
  await configureAsPlatform(machine, network);
  expect(await observe(machine)).toEqual(modelled(network));
  const before = await snapshot(machine);
  await ifupdown.install(machine, network);
  for (const [program, ...args] of [
    ['ifup', '-a'],
    ['ifdown', '-a'],
    ['ifup', '-a'],
    // What a tool that takes every interface for its own may ask.
    ['ifup', 'eth0'],
  ] as const) {
    await machine.run(program, ...args);
    expect(await snapshot(machine)).toBe(before);
  }
});
