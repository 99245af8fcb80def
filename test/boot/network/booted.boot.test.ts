import { describe, expect, test } from 'vitest';
import { networkFrom } from '../../network/cases.ts';
import { type BootOptions, boot, type Guest } from '../guest.ts';
import { instance } from '../instance.ts';
import { type BootPlace, bootPlace } from '../place.ts';
import { rootNamed } from '../roots.ts';
import { bootedServices, onRecord, well } from './booted-services.ts';
import { modelled, observe, toFarGateways } from './observed.ts';

const [nic] = instance['sdc:nics'];

interface Given {
  readonly nics: readonly object[];
  readonly routes?: readonly object[];
}

/** What is to be configured where the platform has not done it: both families, an MTU, and odd routes. */
const configured: Given = {
  nics: [
    {
      ...nic,
      ips: ['192.0.2.10/24', '2001:db8::10/64'],
      gateways: ['192.0.2.1', '2001:db8::1'],
      mtu: 1400,
    },
  ],
  routes: [
    { dst: '203.0.113.0/24', gateway: '192.0.2.254' },
    { dst: '172.16.0.0/12', gateway: '100.64.0.1' },
  ],
};

/** Boot a root until a service that needs the network to be online has run, look at it, and end it; the place may stay. */
async function booted<Seen>(
  name: string,
  interfaceIs: NonNullable<BootOptions['nic']>,
  { nics, routes = [] }: Given,
  look: (guest: Guest) => Promise<Seen>,
  kept?: BootPlace,
): Promise<Seen> {
  const place = kept ?? bootPlace();
  const server = await place.serve({}, { ...instance, 'sdc:nics': nics, 'sdc:routes': routes });
  const guest = await boot(rootNamed(name), {
    disk: place.disk,
    // What these services do to an interface they do by netlink, which a zone's kernel refuses.
    kernel: 'linux',
    nic: interfaceIs,
    metadata: place.socketFolder(),
  });
  try {
    // wait-online gives up after two minutes: whoever waits in vain is not there by then.
    await guest.waitFor('network-online', 'begin', 60);
    return await look(guest);
  } finally {
    await guest.end(['/sbin/shutdown', '-h', 'now']);
    await server.close();
    if (kept === undefined) place.remove();
  }
}

/** What another run of a stage changes of the network. */
async function changesOf(guest: Guest, stage: string): Promise<string[]> {
  const steps = stage === 'early' ? ['network'] : ['routes'];
  const { steps: outcomes } = JSON.parse(await guest.run('/usr/bin/lx-agent', 'run', '--json', ...steps));
  return outcomes.flatMap((step: { changes: { what: string; result: string }[] }) =>
    step.changes.filter(({ result }) => result !== 'unchanged').map(({ what }) => what),
  );
}

describe.each(['networkd', 'netplan', 'networkmanager'] as const)(
  'a boot whose network service is %s',
  (name) => {
    const service = bootedServices[name];

    test('is online with what the platform did, and the service never changes any of it', async () => {
      await booted(name, 'plumbed', { nics: instance['sdc:nics'] }, async (guest) => {
        const before = await guest.run('cat', '/var/log/boot-test/network-before');
        const state = () => guest.run('/usr/lib/boot-test/network-state');
        expect(before).toContain('eth0 inet 192.0.2.10/24\n');
        expect(before).toContain('default via 192.0.2.1 dev eth0');
        expect(await onRecord(guest, service)).toEqual(well);
        expect(await service.asItHasIt(guest)).toEqual(service.left);
        expect(await state()).toBe(before);
        for (const verb of ['restart', 'stop', 'start']) {
          await guest.run('systemctl', verb, service.unit);
          expect(await state(), verb).toBe(before);
        }
        await guest.run(...service.wait);
        expect(await state()).toBe(before);
      });
    });

    test('has all of the model where the platform has done nothing', async () => {
      await booted(name, 'bare', configured, async (guest) => {
        expect(await guest.run('cat', '/var/log/boot-test/network-before')).toBe('');
        expect(await onRecord(guest, service)).toEqual(well);
        expect(await service.asItHasIt(guest)).toEqual(service.configured);
        const network = networkFrom({ ...configured, policy: 'full' });
        const { routes, ...rest } = modelled(network);
        const far = name === 'networkmanager' ? toFarGateways(network) : [];
        const model = { ...rest, routes: [...routes, ...far].sort() };
        expect(await observe(guest)).toEqual(model);
        // The late stage has been at the routes before the user-script. Now the addresses are there, by the service.
        await guest.waitFor('user-script', 'begin', 30);
        for (const stage of ['early', 'late']) expect(await changesOf(guest, stage), stage).toEqual([]);
        expect(await observe(guest)).toEqual(model);
      });
    });

    test('waits for no address where no interface is to have one', async () => {
      await booted(name, 'bare', { nics: [{ ...nic, ips: [], gateways: [] }] }, async (guest) => {
        expect(await onRecord(guest, service)).toEqual(well);
        expect((await observe(guest)).addresses).toEqual([]);
      });
    });

    test('waits for nothing where there is no interface, and in the next boot for the one that has come', async () => {
      const place = bootPlace();
      await booted(
        name,
        'none',
        { nics: [] },
        async (guest) => expect(await onRecord(guest, service)).toEqual(well),
        place,
      );
      await booted(
        name,
        'bare',
        configured,
        async (guest) => expect(await onRecord(guest, service)).toEqual(well),
        place,
      );
      place.remove();
    });
  },
);
