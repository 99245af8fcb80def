import { expect, test } from 'vitest';
import { networkFrom } from '../../network/cases.ts';
import { boot, type Guest } from '../guest.ts';
import { instance } from '../instance.ts';
import { type BootPlace, bootPlace } from '../place.ts';
import { rootNamed } from '../roots.ts';
import { modelled, observe } from './observed.ts';

const root = rootNamed('openrc with netifrc');
const [nic] = instance['sdc:nics'];
const nics = [{ ...nic, ips: ['192.0.2.10/24', '2001:db8::10/64'], mtu: 1400 }];
const routes = [{ dst: '203.0.113.0/24', gateway: '192.0.2.254' }];

/** Boot with these NICs, look, and power off. */
async function booted(place: BootPlace, served: readonly object[], look: (guest: Guest) => Promise<void>) {
  const server = await place.serve({}, { ...instance, 'sdc:nics': served, 'sdc:routes': routes });
  const guest = await boot(root, {
    disk: place.disk,
    // The service configures the interface by netlink, which a zone's kernel refuses: there the platform has done it.
    kernel: 'linux',
    nic: 'bare',
    metadata: place.socketFolder(),
  });
  await look(guest);
  expect(await guest.end(['/sbin/shutdown', '-h', 'now'])).toBe('powered off');
  await server.close();
}

test('OpenRC starts an interface’s service in the very first boot, and no more once the interface is gone', async () => {
  const place = bootPlace();
  const services = '/etc/init.d/net.*; ls /etc/runlevels/default | grep ^net || :';
  await booted(place, nics, async (guest) => {
    await guest.waitFor('net.eth0', 'begin');
    expect(await observe(guest)).toEqual(modelled(networkFrom({ nics, routes, policy: 'full' })));
    expect(await guest.run('rc-service', 'net.eth0', 'status')).toContain('started');
    expect((await guest.run('sh', '-c', `ls ${services}`)).split('\n')).toContain('net.eth0');
  });
  await booted(place, [], async (guest) => {
    await guest.waitFor('late', 'begin');
    expect(await guest.run('sh', '-c', `ls ${services}`)).toBe('/etc/init.d/net.lo\n');
    expect((await observe(guest)).addresses).toEqual([]);
  });
  place.remove();
});
