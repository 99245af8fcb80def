import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Network } from '../../../agent/network/model.ts';
import { networkmanager } from '../../../agent/network/networkmanager.ts';
import { openRoot } from '../../../agent/system/root.ts';
import { caseNamed } from '../../network/cases.ts';
import { type Machine, newMachine } from './machine.ts';
import { configureAsPlatform, modelled, observe, snapshot } from './observed.ts';
import { staticCases } from './static-cases.ts';

const rendered = async (network: Network) => await networkmanager.files(network, openRoot('/'));

/** NetworkManager on a bus of its own; it takes only what there are profiles for, and the wires are none of its. */
async function install(machine: Machine, network: Network): Promise<void> {
  await machine.write([
    {
      path: '/etc/NetworkManager/NetworkManager.conf',
      content: [
        '[main]',
        'plugins=keyfile',
        'auth-polkit=false',
        'dns=none',
        'no-auto-default=*',
        '[keyfile]',
        'unmanaged-devices=interface-name:wire*',
        '',
      ].join('\n'),
    },
    ...(await rendered(network)),
  ]);
  await machine.run('dbus-daemon', '--system', '--fork', '--nopidfile');
}

/** Start it, and wait as its network-online service does; then end it, if it is to be. */
async function online(machine: Machine): Promise<() => Promise<void>> {
  const service = machine.start('NetworkManager', '--no-daemon');
  for (let tries = 0; !(await answers(machine)) && tries < 200; tries++) await sleep(50);
  await machine.run('nm-online', '--wait-for-startup', '--quiet', '--timeout=60');
  return async () => {
    await machine.run('bash', '-c', 'kill "$(pidof NetworkManager)"');
    while (service.exitCode === null && service.signalCode === null) await sleep(20);
  };
}

async function answers(machine: Machine): Promise<boolean> {
  return (await machine.run('bash', '-c', 'nmcli general >/dev/null 2>&1; echo $?')) === '0\n';
}

it.each(staticCases)('NetworkManager does what the model says: $name', async ({ network }) => {
  const machine = await newMachine(network);
  await install(machine, network);
  await online(machine);
  const active = await machine.run(
    'nmcli',
    '--terse',
    '--fields',
    'name,device',
    'connection',
    'show',
    '--active',
  );
  const names = active.split('\n').filter((line) => line.startsWith('lx-agent'));
  expect(names.sort()).toEqual(network.interfaces.map(({ name }) => `lx-agent-${name}:${name}`).sort());
  expect(await observe(machine)).toEqual(modelled(network));
});

it.each(['hands-off', 'several-addresses', 'v6-only'])(
  'leaves what the platform did as it is, and is online: %s',
  async (name) => {
    const network = caseNamed(name);
    const machine = await newMachine(network);
    await configureAsPlatform(machine, network);
    expect(await observe(machine)).toEqual(modelled(network));
    const before = await snapshot(machine);
    const interfaces = network.interfaces.map((one) => ({ ...one, policy: 'hands-off' as const }));
    await install(machine, { ...network, interfaces });
    const stop = await online(machine);
    expect(await machine.run('nmcli', '--terse', '--fields', 'device,state', 'device')).toContain(
      'eth0:unmanaged',
    );
    expect(await snapshot(machine)).toBe(before);
    await stop();
    expect(await snapshot(machine)).toBe(before);
    await online(machine);
    expect(await snapshot(machine)).toBe(before);
  },
);
