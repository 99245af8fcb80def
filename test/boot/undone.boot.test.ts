import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boot, type Guest } from './guest.ts';
import { layersFolder } from './installed.ts';
import { instance } from './instance.ts';
import { type BootPlace, bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';

// Units of the image that were enabled after the agent was installed, in images that nobody prepared: they write what the
// early stage has written, and write it later. The user-script finds what the metadata says all the same.

const userScript = `#!/bin/sh
{ hostname -f; hostname; cat /etc/hostname; grep ^nameserver /etc/resolv.conf; } >/var/log/boot-test/seen 2>&1
/usr/lib/boot-test/record user-script begin
`;
const seen = 'web-1.example.net\nweb-1\nweb-1\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n';

/** A slow one, so that a late stage that does not wait for it is too early. */
const undo = `#!/bin/sh
sleep 2
printf '127.0.0.1 localhost\\n127.0.1.1 %s\\n' "$1" >/etc/hosts
echo image >/etc/hostname
hostname image
echo nameserver 203.0.113.9 >/etc/resolv.conf
/usr/lib/boot-test/record undo end
`;

function script(place: BootPlace, path: string, content: string): void {
  place.plant(path, content);
  chmodSync(place.disk.path(path), 0o755);
}

/** Boot twice: the second boot finds an image in which all was undone and put right before. */
async function expectRight(name: string, place: BootPlace, metadata: Record<string, unknown>): Promise<void> {
  const server = await place.serve({}, metadata);
  for (const _ of ['first', 'second']) {
    const guest = await boot(rootNamed(name), { disk: place.disk, metadata: place.socketFolder() });
    await guest.waitFor('user-script', 'begin');
    await guest.waitFor('sshd', 'begin');
    expect(readFileSync(place.disk.path('/var/log/boot-test/seen'), 'utf8')).toBe(seen);
    expect(order(guest)).toEqual(['early', 'undo', 'user-script']);
    const late = await guest.run('lx-agent', 'status');
    expect(late).toMatch(/late stage[\s\S]*\+ hostname +changed/);
    await guest.end(['/sbin/shutdown', '-h', 'now']);
  }
  await server.close();
  place.remove();
}

const order = (guest: Guest) =>
  guest
    .records()
    .filter(({ who, what }) => ['undo', 'user-script'].includes(who) || (who === 'early' && what === 'end:0'))
    .map(({ who }) => who);

test('systemd: a service', async () => {
  const place = bootPlace();
  const unit = '/etc/systemd/system/names.service';
  script(place, '/usr/local/sbin/set-names', undo);
  place.plant(
    unit,
    '[Unit]\nAfter=network.target\n[Service]\nType=oneshot\nExecStart=/usr/local/sbin/set-names %H\n[Install]\nWantedBy=multi-user.target\n',
  );
  place.link('/etc/systemd/system/multi-user.target.wants/names.service', unit);
  await expectRight('systemd', place, { ...instance, 'user-script': userScript });
});

test('systemd: an rc.local', async () => {
  const place = bootPlace();
  script(place, '/etc/rc.local', undo);
  await expectRight('systemd', place, { ...instance, 'user-script': userScript });
});

test('systemd: without a user-script, too, the late stage puts it right in the first boot', async () => {
  const { 'user-script': _, ...quiet } = instance;
  const place = bootPlace();
  const unit = '/etc/systemd/system/create_hosts_file.service';
  place.plant('/etc/hosts.lx', '127.0.0.1 localhost\n127.0.1.1 HOSTNAME\n');
  place.plant(
    unit,
    '[Unit]\nAfter=network.target\n[Service]\nType=oneshot\nExecStart=/bin/cp /etc/hosts.lx /etc/hosts\nExecStart=/bin/sed -i s/HOSTNAME/%H/g /etc/hosts\nExecStartPost=/usr/lib/boot-test/record undo end\n',
  );
  place.link('/etc/systemd/system/multi-user.target.wants/create_hosts_file.service', unit);
  const server = await place.serve({}, quiet);
  const guest = await boot(rootNamed('systemd'), { disk: place.disk, metadata: place.socketFolder() });
  await guest.waitFor('undo', 'end');
  await guest.waitFor('late', 'end:0');
  expect((await guest.run('hostname', '-f')).trim()).toBe('web-1.example.net');
  await guest.end(['/sbin/shutdown', '-h', 'now']);
  await server.close();
  place.remove();
});

test('sysvinit: a script with a start link', async () => {
  const place = bootPlace();
  const header =
    '### BEGIN INIT INFO\n# Provides: set-names\n# Required-Start: $all\n# Required-Stop:\n# Default-Start: 2 3 4 5\n# Default-Stop:\n### END INIT INFO\n';
  script(place, '/etc/init.d/set-names', undo.replace('\n', `\n${header}`));
  place.link('/etc/rc2.d/S03set-names', '../init.d/set-names');
  // As insserv leaves it: startpar runs nothing that is not in there.
  const depend = '/etc/init.d/.depend.start';
  place.plant(depend, withTarget(readFileSync(join(layersFolder, 'sysvinit', depend), 'utf8')));
  await expectRight('sysvinit', place, { ...instance, 'user-script': userScript });
});

/** A dependency file in which the script comes last, after the agent's. */
function withTarget(text: string): string {
  return `${text.replace(/^(TARGETS =.*)$/m, '$1 lx-agent-late set-names')}set-names: lx-agent-late\n`;
}
