import { closeSync, openSync, readSync } from 'node:fs';
import { errorCode } from './root-error.ts';

/** The two halves of a boot; see docs/operators.md. */
export type Stage = 'early' | 'late';

/**
 * An identity of this boot, found without starting a process. It is the kernel's boot id (lx gives each boot of a zone its
 * own), or else the boot time, and the start time of PID 1, which distinguishes the boots of a container on one kernel. The
 * boot time is the second choice because it changes when the clock is set. Undefined if /proc has none of these.
 */
export function bootIdentity(proc = '/proc'): string | undefined {
  const kernel =
    readStart(`${proc}/sys/kernel/random/boot_id`)?.trim() ??
    /^btime (\d+)$/m.exec(readStart(`${proc}/stat`) ?? '')?.[1];
  // proc(5): the name, in parentheses, may hold anything; starttime is field 22, the 20th after it.
  const started = /^.*\)(?: \S+){19} (\d+)/s.exec(readStart(`${proc}/1/stat`) ?? '')?.[1];
  if (kernel === undefined || started === undefined) return undefined;
  return `${kernel}-${started}`;
}

/** Files of /proc have no useful size. What is needed is in the first 64 KiB. */
function readStart(path: string): string | undefined {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(65536);
      return buffer.toString('latin1', 0, readSync(descriptor, buffer));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    // EACCES and EPERM: /proc may hide the processes of others.
    if (['ENOENT', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}
