import { timestamp } from '../system/clock.ts';
import type { Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import { stateFolder } from '../system/state.ts';

const folder = `${stateFolder}/backup`;

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
  root.makeDirectory(folder, { mode: 0o700 });
  const backup = freeName(root, `${folder}/${nameOf(path)}`);
  const target = root.linkTarget(path);
  if (content !== undefined) root.write(backup, content, { mode: 0o600 });
  else if (target !== undefined) root.link(backup, target);
  else root.rename(path, backup);
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
      .list(folder)
      .filter((file) => file.startsWith(name) && ending.test(file.slice(name.length)))
      .map((file) => `${folder}/${file}`);
  } catch (error) {
    // The folder is root's.
    if (error instanceof RootError && error.code === 'EACCES') return [];
    throw error;
  }
}
