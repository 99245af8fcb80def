import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Set a name in a UTS namespace of its own, on this machine without these programs. */
function setWithout(programs: readonly string[]): string {
  const hidden = programs.flatMap((program) => ['/bin', '/usr/bin'].map((folder) => `${folder}/${program}`));
  const script = [
    'for one in $HIDDEN; do [ ! -e "$one" ] || mount --bind /dev/null "$one"; done',
    'exec "$NODE" "$SCRIPT" web-7',
  ].join('\n');
  return execFileSync('unshare', ['--uts', '--mount', 'sh', '-euc', script], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HIDDEN: hidden.join(' '),
      NODE: process.execPath,
      SCRIPT: join(import.meta.dirname, 'set-name.ts'),
    },
  });
}

it.each([
  ['hostname, where it is there', [], 'hostname web-7: web-7\n'],
  ['BusyBox', ['hostname'], 'busybox hostname web-7: web-7\n'],
  ["the kernel's own file", ['hostname', 'busybox'], '/proc/sys/kernel/hostname: web-7\n'],
])('the running name is set by %s', (_, missing, said) => {
  expect(setWithout(missing)).toBe(said);
});
