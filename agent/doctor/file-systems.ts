import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/root-error.ts';
import { type Finding, ok, wrong } from './finding.ts';

/** What the kernel says of the file system that a folder is in. */
export interface FileSystem {
  /** Equal for folders of the same file system. */
  readonly device: number;
  readonly readOnly: boolean;
  /** Bytes that may still be written. */
  readonly free: number;
  /** Files that may still be made; undefined where the file system has no such limit. */
  readonly freeFiles: number | undefined;
}

/** Where the agent, and what it configures, has to write. */
const folders = ['/etc', '/var/lib', '/var/log', '/var/svc', '/var/db', '/root', '/run'] as const;

/** A report and the logs of one boot, with room to spare, in bytes. */
const needed = 4 * 1024 * 1024;

/** Whether the agent can write where it has to: each file system once, with the folders in it. */
export function checkFileSystems(root: Pick<Root, 'entry' | 'outside'>, look = lookAtFileSystem): Finding[] {
  const byDevice = new Map<number, { system: FileSystem; in: string[] }>();
  for (const folder of folders) {
    if (root.entry(`${folder}/.`)?.kind !== 'directory') continue;
    const system = look(root.outside(folder));
    const known = byDevice.get(system.device);
    if (known === undefined) byDevice.set(system.device, { system, in: [folder] });
    else known.in.push(folder);
  }
  const faults = [...byDevice.values()].flatMap(({ system, in: places }) =>
    faultOf(system, places.join(', ')),
  );
  return faults.length > 0 ? faults : [ok('files', 'the file systems can be written, and have room')];
}

function faultOf({ readOnly, free, freeFiles }: FileSystem, places: string): Finding[] {
  if (readOnly)
    return [
      wrong(
        'files',
        `the file system of ${places} is read-only: no step can write there`,
        'look why (dmesg, mount, zfs get readonly on the host); mount -o remount,rw makes it writable',
      ),
    ];
  if (freeFiles === 0)
    return [
      wrong(
        'files',
        `the file system of ${places} has no room for another file (its inodes are used up)`,
        'remove files that nobody needs (df -i shows where)',
      ),
    ];
  if (free >= needed) return [];
  return [
    wrong(
      'files',
      `the file system of ${places} is full: ${Math.floor(free / 1024)} KiB are left`,
      'remove what nobody needs (du -x -d 1 / shows where it is), or raise the quota on the host (vmadm update)',
    ),
  ];
}

/** Asks the kernel. Being refused for another reason than a read-only file system is no fault of the file system. */
export function lookAtFileSystem(folder: string): FileSystem {
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  return {
    device: statSync(folder).dev,
    readOnly: isReadOnly(folder),
    free: bavail * bsize,
    freeFiles: files === 0 ? undefined : ffree,
  };
}

function isReadOnly(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    return errorCode(error) === 'EROFS';
  }
}
