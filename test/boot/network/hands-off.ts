import { expect } from 'vitest';
import type { Network } from '../../../agent/network/model.ts';
import { type Machine, newMachine } from './machine.ts';
import { configureAsPlatform, modelled, observe, snapshot } from './observed.ts';
import type { NetworkService } from './services.ts';

/**
 * Hold a service to hands-off: with all of the network there from the platform, it is online, and its start, its stop
 * and its next start change no address and no route.
 */
export async function expectHandsOff(
  service: NetworkService,
  network: Network,
  whenOnline: (machine: Machine) => Promise<void> = async () => {},
): Promise<void> {
  const machine = await newMachine(network);
  await configureAsPlatform(machine, network);
  expect(await observe(machine)).toEqual(modelled(network));
  const before = await snapshot(machine);
  const interfaces = network.interfaces.map((one) => ({ ...one, policy: 'hands-off' as const }));
  await service.install(machine, { ...network, interfaces });
  const stop = await service.online(machine);
  await whenOnline(machine);
  expect(await snapshot(machine)).toBe(before);
  await stop();
  expect(await snapshot(machine)).toBe(before);
  await service.online(machine);
  expect(await snapshot(machine)).toBe(before);
}
