import { readFileSync } from 'node:fs';
import { errorCode } from './root-error.ts';

/**
 * A process, distinguished from later ones with the same number: `PID-START`. START is the start time of proc(5), in clock
 * ticks since the kernel started; 0 if /proc does not have it.
 */
export function processIdentity(pid: number): string {
  return `${pid}-${readStart(pid) ?? 0}`;
}

/** Whether a process exists and has not ended. A zombie has ended. */
export function isRunningProcess(identity: string): boolean {
  const [pid = Number.NaN, start = Number.NaN] = identity.split('-').map(Number);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  const now = readStart(pid);
  if (now !== undefined) return now === start;
  return start === 0 && answers(pid);
}

/** The number of a process, for a person. */
export function processNumber(identity: string): string {
  return identity.split('-')[0] ?? identity;
}

/** Field 22 of /proc/PID/stat; undefined where there is no such process, or it has ended, or /proc does not say. */
function readStart(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // It is gone, or /proc hides it or cannot be read. Then kill(2) decides.
    return undefined;
  }
  // The name, in parentheses, may hold anything.
  const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  const start = Number(fields[18]);
  return Number.isFinite(start) ? start : undefined;
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
