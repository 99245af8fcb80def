import { expect, test } from 'vitest';
import { networkFrom } from '../../network/cases.ts';
import { boot } from '../guest.ts';
import { instance } from '../instance.ts';
import { bootPlace } from '../place.ts';
import { rootNamed } from '../roots.ts';
import { modelled, observe } from './observed.ts';

const root = rootNamed('runit as Void has it');
const [nic] = instance['sdc:nics'];

test('an interface without its address has it in the very first boot, and after its metadata changed', async () => {
  const place = bootPlace();
  for (const ips of [['192.0.2.10/24', '2001:db8::10/64'], ['192.0.2.11/24']]) {
    const nics = [{ ...nic, ips, mtu: 1400 }];
    const routes = [{ dst: '203.0.113.0/24', gateway: '192.0.2.254' }];
    const server = await place.serve({}, { ...instance, 'sdc:nics': nics, 'sdc:routes': routes });
    const guest = await boot(root, {
      disk: place.disk,
      // ip(8) configures the interface by netlink, which a zone's kernel refuses: there the platform has done it.
      kernel: 'linux',
      nic: 'bare',
      metadata: place.socketFolder(),
    });
    // The core service after ours; nothing that came later is needed.
    await guest.waitFor('misc', 'begin');
    expect(await observe(guest)).toEqual(modelled(networkFrom({ nics, routes, policy: 'full' })));
    await guest.waitFor('sshd', 'begin');
    expect(await guest.end(['/sbin/shutdown', '-h', 'now'])).toBe('powered off');
    await server.close();
  }
  place.remove();
});
