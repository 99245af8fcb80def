import { kernelBootId } from './boot-marks.ts';
import { timestamp } from './clock.ts';
import { isRunningProcess, processIdentity } from './process-identity.ts';
import type { Root } from './root.ts';
import { RootError } from './root-error.ts';
import { stateFolder } from './state.ts';

/** A lock that this process holds or could not get. `release` may be called more than once. */
export interface Lock {
  release(): void;
}

/** Another process held a lock until the deadline. */
export class Locked extends Error {
  override readonly name = 'Locked';
}

/** Milliseconds between two attempts. Short, because most holders need only a few milliseconds. */
const pause = { first: 2, most: 50 } as const;

/**
 * Take a lock of a root, and wait for it if another agent holds it. Node.js has no flock(2), so a lock is a folder that
 * holds one entry, named for the process that holds it. Two facts of rename(2) and rmdir(2) make it safe:
 *
 * - a folder can replace an empty folder, but never one that holds something. So only one process gets the lock, and its
 *   name is in it from the start;
 * - the entry of a dead process is removed by its name. So a process that does this late cannot remove another's lock.
 *
 * The locks of the running system are in /run, which is empty after a boot. Those of an image are in its state folder.
 * If no lock can be made, on a read-only or full file system, the caller continues without one: little can be written
 * there anyway. Throws Locked when the deadline (milliseconds) has passed.
 */
export async function takeLock(root: Root, name: string, deadline: number): Promise<Lock> {
  const path = lockPath(root, name);
  const own = ownName();
  const started = process.uptime();
  try {
    if (path.startsWith(stateFolder) && root.entry(stateFolder) === undefined)
      root.makeDirectory(stateFolder, { mode: 0o755 });
    for (let wait: number = pause.first; !root.claim(path, own); wait = Math.min(2 * wait, pause.most)) {
      const holder = holderOf(root, path);
      if (holder !== undefined && !isAlive(holder)) root.unclaim(path, holder);
      else if ((process.uptime() - started) * 1000 > deadline) throw new Locked(describe(path, holder));
      else await new Promise((resolve) => setTimeout(resolve, wait));
    }
  } catch (error) {
    if (error instanceof RootError) return { release: () => undefined };
    throw error;
  }
  let held = true;
  return {
    release() {
      if (held) giveBack(root, path, own);
      held = false;
    },
  };
}

/** Call `use` while a lock is held. */
export async function withLock<Result>(
  root: Root,
  name: string,
  deadline: number,
  use: () => Result | Promise<Result>,
): Promise<Result> {
  const lock = await takeLock(root, name, deadline);
  try {
    return await use();
  } finally {
    lock.release();
  }
}

/** The process that holds a lock, as `PID-START`, and since when (ISO 8601); undefined if the lock is free. */
export function lockHolder(
  root: Root,
  name: string,
): { readonly process: string; readonly since: string } | undefined {
  const holder = holderOf(root, lockPath(root, name));
  if (holder === undefined || !isAlive(holder)) return undefined;
  const [pid, start, , since] = holder.split('-');
  return { process: `${pid}-${start}`, since: timestamp(new Date(Number(since))) };
}

function lockPath(root: Root, name: string): string {
  if (root.live && root.entry('/run/.')?.kind === 'directory') return `/run/lx-agent-${name}.lock`;
  return `${stateFolder}/${lockNameOnDisk(name)}`;
}

/**
 * Outside /run, a killed process may leave its lock for good. There a lock is named like the agent's temporary entries,
 * with the number 0 (see atomic-write.ts): the next run removes it, and tools that compare or pack roots leave it out.
 * Then follow the first eight letters of the lock's name, in hexadecimal.
 */
function lockNameOnDisk(name: string): string {
  return `.lx-agent-0-${Buffer.from(name.padEnd(8, '-').slice(0, 8), 'latin1').toString('hex')}`;
}

/**
 * `PID-START-BOOT-SINCE`: a lock on disk may be of an earlier boot, in which another process had the same number. SINCE is
 * in milliseconds since 1970.
 */
function ownName(): string {
  return `${processIdentity(process.pid)}-${bootOf()}-${Date.now()}`;
}

function isAlive(holder: string): boolean {
  return holder.split('-')[2] === bootOf() && isRunningProcess(holder);
}

/** If the boot is unknown, the process alone identifies the holder. */
function bootOf(): string {
  try {
    return kernelBootId() ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

function holderOf(root: Root, path: string): string | undefined {
  return root.list(path)[0];
}

/** Retry once, because the failure may pass. What is left belongs to a dead process as soon as this one has ended. */
function giveBack(root: Root, path: string, own: string, tries = 2): void {
  try {
    root.unclaim(path, own);
  } catch (error) {
    if (!(error instanceof RootError)) throw error;
    if (tries > 1) giveBack(root, path, own, tries - 1);
  }
}

function describe(path: string, holder: string | undefined): string {
  return `another lx-agent${holder === undefined ? '' : ` (process ${holder.split('-')[0]})`} is at it and does not end (${path})`;
}
