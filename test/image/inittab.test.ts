import { describe, expect, it } from 'vitest';
import { withBothStages, withLateStage } from '../../agent/image/inittab.ts';

const early = '::sysinit:/usr/bin/env -i /usr/bin/lx-agent run --stage early';
const late = '::once:/usr/lib/lx-agent/late-stage start';
const lateStop = '::shutdown:/usr/lib/lx-agent/late-stage stop';

/** The lines that init acts on. */
function entries(table: string): string[] {
  return table.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('an inittab of BusyBox', () => {
  it('gets the early stage after the mounts and before the first script, the late one last', () => {
    const table = `# small
::sysinit:/bin/mount -t proc proc /proc
::sysinit:mkdir -p /run
::sysinit:/etc/init.d/rcS
::respawn:/sbin/getty 38400 console
`;
    expect(entries(withBothStages(table))).toEqual([
      '::sysinit:/bin/mount -t proc proc /proc',
      '::sysinit:mkdir -p /run',
      early,
      '::sysinit:/etc/init.d/rcS',
      '::respawn:/sbin/getty 38400 console',
      lateStop,
      late,
    ]);
  });

  it('is made from the built-in table where there is none', () => {
    const table = entries(withBothStages(undefined));
    expect(table.indexOf(early)).toBeLessThan(table.indexOf('::sysinit:/etc/init.d/rcS'));
    expect(table.at(-1)).toBe(late);
  });

  it('keeps what it had, and is not changed twice', () => {
    const before = '::once:/usr/sbin/sshd\n';
    const once = withBothStages(before);
    expect(entries(once)).toEqual(['::once:/usr/sbin/sshd', early, lateStop, late]);
    expect(withBothStages(once)).toBe(once);
  });

  it('asks the late stage to end before anything else at shutdown', () => {
    const table = entries(withBothStages(undefined));
    expect(table.indexOf(lateStop)).toBe(table.indexOf('::shutdown:/bin/umount -a -r') - 1);
  });

  it('that starts OpenRC gets the late stage alone', () => {
    const table = `::sysinit:/sbin/openrc sysinit
::wait:/sbin/openrc default
tty1::respawn:/sbin/getty 38400 tty1
# ::shutdown: lines come last
::shutdown:/sbin/openrc shutdown
`;
    const changed = withLateStage(table);
    expect(entries(changed)).toEqual([
      '::sysinit:/sbin/openrc sysinit',
      '::wait:/sbin/openrc default',
      'tty1::respawn:/sbin/getty 38400 tty1',
      lateStop,
      '::shutdown:/sbin/openrc shutdown',
      late,
    ]);
    expect(withLateStage(changed)).toBe(changed);
  });
});
