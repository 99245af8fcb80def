import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bootCarried, moments, reports, untouchedSuite } from './carried-suite.ts';
import { boot } from './guest.ts';
import { bootPlace } from './place.ts';
import { platformFolder } from './platform-folder.ts';
import { rootNamed, rootsOfEachRelease } from './roots.ts';

// The agent is the platform's: in its read-only folder, called by lxinit's hook before the init of a root that nobody
// installed or prepared anything in. carried-other-releases.boot.test.ts has the same of Debian 11 and 13.

const platform = platformFolder();

for (const name of rootsOfEachRelease) untouchedSuite(rootNamed(name), platform);

test('a root whose init system was exchanged has its late stage from the first boot with the new one', async () => {
  const place = bootPlace();
  const server = await place.serve();
  await bootCarried(rootNamed('systemd'), place, platform);
  // What was written stays, over the files of a root that was made with runit.
  const exchanged = await bootCarried(rootNamed('runit'), place, platform);
  const next = await bootCarried(rootNamed('runit'), place, platform);
  await server.close();
  expect(exchanged.console).toContain(
    'the units in this root are for systemd, and it boots with runit: it was prepared',
  );
  expect(next.console).not.toContain('lx-agent: ');
  for (const { records, failed, status } of [exchanged, next]) {
    expect(status.early).toMatchObject({ kind: 'before init', exit: 0 });
    expect(moments(records, 'user-script').filter((what) => what === 'begin')).toHaveLength(1);
    expect(failed).toEqual([]);
  }
  expect(existsSync(place.disk.path('/usr/lib/systemd/system/lx-agent-late.service'))).toBe(false);
  expect(reports(place, 'report-run-')).toEqual([]);
  place.remove();
});

test('a mute metadata server is waited for once: by the platform, and not again by the unit', async () => {
  const place = bootPlace();
  place.plant('/etc/lx-agent.ini', '[early]\nmetadata_deadline = 3\n');
  const server = await place.serve({ mute: true });
  const guest = await boot(rootNamed('systemd'), {
    disk: place.disk,
    agent: 'none',
    metadata: place.socketFolder(),
    platform,
  });
  await guest.waitFor('getty', 'begin');
  await guest.waitFor('sshd', 'begin');
  const report = JSON.parse(readFileSync(place.disk.path('/var/lib/lx-agent/report-early.json'), 'utf8'));
  await guest.end(['/sbin/shutdown', '-h', 'now']);
  await server.close();
  expect(guest.console()).toContain('the metadata could not be read');
  expect(report).toMatchObject({ kind: 'before init', exit: 2 });
  expect(reports(place, 'report-run-')).toEqual([]);
  place.remove();
});

test('a hook that fails ends the zone before init: so the agent never lets it fail', async () => {
  const place = bootPlace();
  const guest = await boot(rootNamed('systemd'), {
    disk: place.disk,
    agent: 'none',
    platform: platformFolder({ hookFails: true }),
  });
  await guest.end(['/bin/true']);
  expect(guest.console()).toContain('lxinit: the hook failed, and the zone ends');
  place.remove();
});
