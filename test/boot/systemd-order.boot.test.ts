import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boot, type Guest } from './guest.ts';
import { bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';

const units = ['lx-agent-early.service', 'lx-agent-late.service'] as const;

describe.each(['systemd', 'systemd among others'])('the order of units in %s', (name) => {
  const place = bootPlace();
  let guest: Guest;

  beforeAll(async () => {
    const server = await place.serve();
    guest = await boot(rootNamed(name), { disk: place.disk, metadata: place.socketFolder() });
    await guest.waitFor('sshd', 'begin');
    await guest.waitFor('user-script', 'begin');
    await server.close();
  });
  afterAll(async () => {
    await guest.end(['/sbin/shutdown', '-h', 'now']);
    place.remove();
  });

  test('has no cycle', async () => {
    const journal = await guest.run('journalctl', '--boot', '--output', 'cat');
    expect(journal).toContain('lx-agent');
    expect(journal.split('\n').filter((line) => /ordering cycle|to break the cycle/i.test(line))).toEqual([]);
  });

  test.each(units)('%s has nothing that systemd-analyze verify minds', async (unit) => {
    // It says what it minds on stderr, and exits with 1 when it is about this unit.
    const said = await guest.run(
      'sh',
      '-c',
      `systemd-analyze verify --man=no --recursive-errors=no ${unit} 2>&1`,
    );
    expect(said.split('\n').filter((line) => line.includes('lx-agent'))).toEqual([]);
  });

  test('starts every network and name service that there is after the early stage', async () => {
    const early = await moment(guest, 'lx-agent-early.service', 'ActiveEnterTimestampMonotonic');
    expect(early).toBeGreaterThan(0);
    const services = [
      'networking.service',
      'systemd-networkd.service',
      'systemd-resolved.service',
      'NetworkManager.service',
      'cloud-init-local.service',
      'dbus.service',
      'ssh.service',
    ];
    const begun = await Promise.all(
      services.map(async (service) => ({
        service,
        at: await moment(guest, service, 'InactiveExitTimestampMonotonic'),
      })),
    );
    const there = begun.filter(({ at }) => at > 0);
    expect(there.map(({ service }) => service)).toContain('ssh.service');
    expect(there.filter(({ at }) => at < early)).toEqual([]);
  });
});

/** A time of a unit in microseconds since the machine began; 0 for what has not been. */
async function moment(guest: Guest, unit: string, property: string): Promise<number> {
  return Number(await guest.run('systemctl', 'show', '--property', property, '--value', unit));
}
