import { expect, test } from 'vitest';
import { boot } from './guest.ts';
import { bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';

// What wants or requires the stage at boot does not have it done twice, nor does a service that is started later: all
// of those require sysinit.target, which wants the stage.
test.each(['systemd', 'systemd on trixie', 'systemd on bullseye'])(
  '%s: a failed early stage runs once, and again for an operator',
  async (name) => {
    const place = bootPlace();
    const server = await place.serve();
    // Where the file of root's keys belongs, there is a folder: that step fails, and no other.
    place.plant('/root/.ssh/authorized_keys/in-the-way', '');
    const needy = '/etc/systemd/system/needs-agent.service';
    place.plant(
      needy,
      '[Unit]\nRequires=lx-agent-early.service\nAfter=lx-agent-early.service\n[Service]\nType=oneshot\nExecStart=/usr/lib/boot-test/record needs-agent begin\n',
    );
    place.link('/etc/systemd/system/multi-user.target.wants/needs-agent.service', needy);
    place.plant('/etc/systemd/system/later.service', '[Service]\nType=oneshot\nExecStart=/bin/true\n');
    const guest = await boot(rootNamed(name), { disk: place.disk, metadata: place.socketFolder() });
    const early = () => guest.records().flatMap(({ who, what }) => (who === 'early' ? [what] : []));
    await guest.waitFor('sshd', 'begin');
    expect(early()).toEqual(['begin', 'end:1']);
    expect(guest.records().some(({ who }) => who === 'needs-agent')).toBe(false);
    await guest.run('systemctl', 'start', 'later.service');
    await guest.run('sleep', '3');
    expect(early()).toEqual(['begin', 'end:1']);
    expect((await guest.run('sh', '-c', 'systemctl is-failed lx-agent-early || :')).trim()).toBe('failed');
    await guest.run('rm', '-r', '/root/.ssh/authorized_keys');
    await guest.run('systemctl', 'start', 'lx-agent-early');
    expect(early()).toEqual(['begin', 'end:1', 'begin', 'end:0']);
    await guest.end(['/sbin/shutdown', '-h', 'now']);
    await server.close();
    place.remove();
  },
);
