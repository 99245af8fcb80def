import { chmodSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetadataServer } from '../../support/metadata-server.ts';
import { boot, type Guest } from '../guest.ts';
import { instance } from '../instance.ts';
import { bootPlace } from '../place.ts';
import { rootNamed } from '../roots.ts';

// All that an instance may ask of the agent and that the boots of each init system do not: static routes, hooks and an
// operator-script, where the kernel answers as a zone's.

const script = (name: string) => `#!/bin/sh\n/usr/lib/boot-test/record ${name} begin\n`;
const metadata = {
  ...instance,
  'sdc:routes': [
    { dst: '203.0.113.0/24', gateway: '192.0.2.254' },
    { dst: '198.51.100.7', gateway: '192.0.2.254' },
    { dst: '203.0.111.0/24', gateway: '192.0.2.10', linklocal: true },
  ],
  'sdc:operator-script': script('operator-script'),
  'user-script': script('user-script'),
  'user-data': 'color=blue\n',
};
const reported = v.object({ steps: v.array(v.object({ name: v.string(), result: v.string() })) });

describe.each(['systemd', 'BusyBox init'])('both stages in a zone with %s', (name) => {
  const root = rootNamed(name);
  const place = bootPlace();
  let server: MetadataServer;
  let guest: Guest;

  beforeAll(async () => {
    server = await place.serve({}, metadata);
    for (const stage of ['early', 'late']) {
      const hook = `/etc/lx-agent/${stage}.d/10-hook`;
      place.plant(hook, script(`${stage}-hook`));
      chmodSync(place.disk.path(hook), 0o755);
    }
    guest = await boot(root, { disk: place.disk, metadata: place.socketFolder() });
    await guest.waitFor('late', 'end:0');
  });
  afterAll(async () => {
    await guest.end(root.powerOff ?? ['/sbin/shutdown', '-h', 'now']);
    await server.close();
    place.remove();
  });

  test('run hooks and scripts, each in its stage', () => {
    const of = (who: string) => guest.records().findIndex((record) => record.who === who);
    const order = ['early', 'early-hook', 'operator-script', 'late', 'user-script', 'late-hook'];
    expect(order.map(of)).not.toContain(-1);
    expect([...order].sort((one, other) => of(one) - of(other))).toEqual(order);
  });

  test('set the static routes, which netlink does not, and find them there in the next run', async () => {
    const routes = (await guest.run('ip', '-4', 'route')).split('\n').map((line) => line.trim());
    expect(routes).toEqual(
      expect.arrayContaining([
        '203.0.113.0/24 via 192.0.2.254 dev eth0',
        '198.51.100.7 via 192.0.2.254 dev eth0',
        expect.stringMatching(/^203\.0\.111\.0\/24 dev eth0/),
      ]),
    );
    const again = v.parse(reported, JSON.parse(await guest.run('lx-agent', 'run', '--json', 'routes')));
    expect(again.steps).toEqual([{ name: 'routes', result: 'unchanged' }]);
  });

  test('leave no step failed', async () => {
    const status = v.parse(
      v.object({ early: reported, late: reported }),
      JSON.parse(await guest.run('lx-agent', 'status', '--json')),
    );
    const steps = [...status.early.steps, ...status.late.steps];
    expect(steps.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(steps).toContainEqual({ name: 'routes', result: 'changed' });
  });
});
