import { describe, expect, it } from 'vitest';
import { inittabWithAgent } from '../../agent/image/inittab.ts';

const early = '::sysinit:/usr/bin/env -i /usr/bin/lx-agent run --stage early';
const late = '::once:/usr/bin/env -i /usr/bin/lx-agent run --stage late';

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
    expect(entries(inittabWithAgent(table))).toEqual([
      '::sysinit:/bin/mount -t proc proc /proc',
      '::sysinit:mkdir -p /run',
      early,
      '::sysinit:/etc/init.d/rcS',
      '::respawn:/sbin/getty 38400 console',
      late,
    ]);
  });

  it('is made from the built-in table where there is none', () => {
    const table = entries(inittabWithAgent(undefined));
    expect(table.indexOf(early)).toBeLessThan(table.indexOf('::sysinit:/etc/init.d/rcS'));
    expect(table.at(-1)).toBe(late);
  });

  it('keeps what it had, and is not changed twice', () => {
    const before = '::once:/usr/sbin/sshd\n';
    const once = inittabWithAgent(before);
    expect(entries(once)).toEqual(['::once:/usr/sbin/sshd', early, late]);
    expect(inittabWithAgent(once)).toBe(once);
  });
});
