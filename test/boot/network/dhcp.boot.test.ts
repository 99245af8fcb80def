import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { macOf, networkFrom } from '../../network/cases.ts';
import { ifup, ifupNames } from './ifups.ts';
import { newMachine } from './machine.ts';
import { observe } from './observed.ts';
import { addRouter } from './router.ts';
import { netplan, networkd, networkmanager } from './services.ts';

const ifups = Object.fromEntries(ifupNames.map((name) => [name, ifup(name)]));
const automatic = networkFrom({
  nics: [{ interface: 'net0', mac: macOf(0), ips: ['dhcp', 'addrconf'], primary: true }],
});

it.each(Object.entries({ ...ifups, networkd, netplan, networkmanager }))(
  'has what a DHCP server and a router give: %s',
  async (_, service) => {
    const machine = await newMachine(automatic);
    await addRouter(machine, { mac: macOf(0), address: '192.0.2.110' });
    await service.install(machine, automatic);
    await service.online(machine);
    const wanted = {
      addresses: ['eth0 192.0.2.110/24', expect.stringMatching(/^eth0 2001:db8::[0-9a-f:]+\/64$/)],
      defaults: ['0.0.0.0/0 via 192.0.2.1 dev eth0', expect.stringMatching(/^::\/0 via fe80::\S+ dev eth0$/)],
    };
    const found = async () => {
      const { addresses, routes } = await observe(machine);
      return { addresses, defaults: routes.filter((route) => / via /.test(route)) };
    };
    // Who is online has one of the two at least; an advertisement may take some seconds more.
    for (
      let tries = 0;
      tries < 100 && (await found()).defaults.length + (await found()).addresses.length < 4;
      tries++
    )
      await sleep(100);
    expect(await found()).toEqual(wanted);
  },
);
