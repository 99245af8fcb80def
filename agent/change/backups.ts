import { timestamp } from '../system/clock.ts';
import type { Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import { stateFolder } from '../system/state.ts';
import { lookAtPath } from './ownership.ts';

/** Where the agent keeps what it took over from somebody. */
export const backupFolder = `${stateFolder}/backup`;

/** Backups are named for the path, with its slashes replaced, for when they were made, and by a number if need be. */
function nameOf(path: string): string {
  return path.slice(1).replaceAll('/', '_');
}

/** What follows the name: `.20261122T010203Z`, or `.20261122T010203Z.2`. */
const ending = /^\.\d{8}T\d{6}Z(\.\d+)?$/;

/**
 * Keep what is at a path before the agent takes it over; `content` is that of a regular file. A file and a link are
 * copied, so that the path is never empty. What cannot be copied (a folder, a device) is moved. Throws RootError.
 */
export function backUp(root: Root, path: string, content: Buffer | undefined): void {
  root.makeDirectory(backupFolder, { mode: 0o700 });
  const backup = freeName(root, `${backupFolder}/${nameOf(path)}`);
  const target = root.linkTarget(path);
  if (content !== undefined) root.write(backup, content, { mode: 0o600 });
  else if (target !== undefined) root.link(backup, target);
  else root.rename(path, backup);
}

/** Keep what is at a path before it is replaced or removed; nothing is done for a folder, which stays while it is in use. */
export function backUpIfThere(root: Root, path: string): void {
  const found = lookAtPath(path, root);
  if (found === undefined || found.entry.kind === 'directory') return;
  backUp(root, path, found.content);
}

/** Backups of one second, or of `/a/b` and `/a_b`, must not replace one another. */
function freeName(root: Root, path: string): string {
  const stamp = timestamp(new Date()).replace(/[-:]/g, '').replace(/\..*/, 'Z');
  let name = `${path}.${stamp}`;
  for (let number = 2; root.entry(name) !== undefined; number++) name = `${path}.${stamp}.${number}`;
  return name;
}

/** The backups of a path, the oldest first; none for whoever may not look at them. */
export function backupsOf(root: Pick<Root, 'list'>, path: string): readonly string[] {
  const name = nameOf(path);
  try {
    return root
      .list(backupFolder)
      .filter((file) => file.startsWith(name) && ending.test(file.slice(name.length)))
      .map((file) => `${backupFolder}/${file}`);
  } catch (error) {
    // The folder is root's.
    if (error instanceof RootError && error.code === 'EACCES') return [];
    throw error;
  }
}
