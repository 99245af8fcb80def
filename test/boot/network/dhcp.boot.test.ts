import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { macOf, networkFrom } from '../../network/cases.ts';
import { ifup, ifupNames } from './ifups.ts';
import { type Machine, newMachine } from './machine.ts';
import { observe } from './observed.ts';
import { addRouter } from './router.ts';
import { netplan, networkd, networkmanager } from './services.ts';

const ifups = Object.fromEntries(ifupNames.map((name) => [name, ifup(name)]));
const nic = { interface: 'net0', mac: macOf(0), ips: ['dhcp', 'addrconf'], primary: true };
const second = { ...nic, interface: 'net1', mac: macOf(1), primary: false };
const [first, other] = [
  { mac: macOf(0), address: '192.0.2.110', prefix: '2001:db8::' },
  { mac: macOf(1), address: '198.51.100.120', prefix: '2001:db8:1::' },
];
const v6 = (text: string): unknown => expect.stringMatching(new RegExp(text));

/** Addresses and default routes, once there are as many of both: an advertisement may take some seconds. */
async function settled(machine: Machine, count: number) {
  for (let tries = 0; ; tries++) {
    const { addresses, routes } = await observe(machine);
    const defaults = routes.filter((route) => / via /.test(route));
    if (addresses.length + defaults.length >= count || tries === 100) return { addresses, defaults };
    await sleep(100);
  }
}

describe.each(Object.entries({ ...ifups, networkd, netplan, networkmanager }))('%s', (_, service) => {
  it('has what a DHCP server and a router give', async () => {
    const network = networkFrom({ nics: [nic] });
    const machine = await newMachine(network);
    await addRouter(machine, 0, first);
    await service.install(machine, network);
    await service.online(machine);
    expect(await settled(machine, 4)).toEqual({
      addresses: ['eth0 192.0.2.110/24', v6('^eth0 2001:db8::[0-9a-f:]+/64$')],
      defaults: ['0.0.0.0/0 via 192.0.2.1 dev eth0', v6('^::/0 via fe80::\\S+ dev eth0$')],
    });
  });

  it('takes no default route from a NIC that is not primary', async () => {
    const network = networkFrom({ nics: [{ ...nic, ips: ['192.0.2.10/24'] }, second] });
    const machine = await newMachine(network);
    await addRouter(machine, 0, first);
    await addRouter(machine, 1, other);
    await service.install(machine, network);
    await service.online(machine);
    const wanted = {
      addresses: ['eth0 192.0.2.10/24', 'eth1 198.51.100.120/24', v6('^eth1 2001:db8:1:[0-9a-f:]+/64$')],
      defaults: [],
    };
    expect(await settled(machine, 3)).toEqual(wanted);
  });
});
