import { timestamp } from '../system/clock.ts';
import type { Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import { stateFolder } from '../system/state.ts';
import { lookAtPath } from './ownership.ts';

/** Where the agent keeps backups of what it replaced. */
export const backupFolder = `${stateFolder}/backup`;

/** A backup's name is its path with the slashes replaced, the time when it was made, and a number if that is needed. */
function nameOf(path: string): string {
  return path.slice(1).replaceAll('/', '_');
}

/** What follows the name: `.20261122T010203Z`, or `.20261122T010203Z.2`. */
const ending = /^\.\d{8}T\d{6}Z(\.\d+)?$/;

/**
 * Back up what is at a path before the agent replaces it; `content` is that of a regular file. A file or a link is
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

/** Back up what is at a path before it is replaced or removed. A folder needs no backup: it stays while it is in use. */
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

/** The backups of a path, the oldest first; none if the caller may not read them. */
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
