import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OtherWriter } from '../image/other-writers.ts';
import { runProgram } from '../system/process.ts';

/** How long the late stage waits for them at most, and how long between two checks, in seconds. */
const limits = { wait: 60, look: 0.2 } as const;

/**
 * Wait until programs that init starts at boot have ended, so that what they wrote can be corrected. Returns whether they
 * have ended.
 */
export async function haveEnded(
  writers: readonly OtherWriter[],
  wait: number = limits.wait,
): Promise<boolean> {
  const deadline = performance.now() + wait * 1000;
  const paths = writers.map(({ path }) => path);
  for (;;) {
    if (!(await areStarting(paths))) return true;
    if (performance.now() > deadline) return false;
    await sleep(limits.look * 1000);
  }
}

async function areStarting(paths: readonly string[]): Promise<boolean> {
  if (existsSync('/run/systemd/system')) {
    const { tail } = await runProgram({
      argv: ['systemctl', '--no-pager', '--no-legend', 'list-jobs', ...paths.map(unitOf)],
      deadline: 5,
    });
    return tail.includes('.service');
  }
  // The scripts of a runlevel are started one after the other, by one of these.
  return commandLines().some((words) => isAtWork(words, paths));
}

/** The systemd unit of a writer. For a script it is `rc-local.service` (rc.local) or named after the init script. */
function unitOf(path: string): string {
  const name = basename(path);
  return name.endsWith('.service') ? name : `${name.replace(/\.local$/, '-local')}.service`;
}

/** The programs by which init systems run the scripts of a runlevel. */
const runners = new Set([
  ...['/etc/init.d/rc', '/etc/rc.d/rc', '/etc/init.d/rcS', '/etc/rc.d/rc.sysinit', '/lib/init/rc'],
  ...['startpar', '/sbin/startpar', '/sbin/openrc', 'openrc', '/sbin/rc'],
]);

function isAtWork(words: readonly string[], paths: readonly string[]): boolean {
  return words.slice(0, 2).some((word) => runners.has(word) || paths.includes(word));
}

/** The command line of every process. One that has ended meanwhile is left out. */
function commandLines(): readonly (readonly string[])[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0')];
    } catch {
      return [];
    }
  });
}
