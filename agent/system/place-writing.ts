import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { type Attributes, replaceAtomically, syncFolder, temporaryName } from './atomic-write.ts';
import type { Place } from './confinement.ts';
import { fillFrom } from './copy-in-chunks.ts';
import { pathOf } from './root-access.ts';
import { errorCode } from './root-error.ts';

// What Root does to a path, once the folder that holds it is open. Errors are those of node:fs.

/** Replace a file by a copy of one outside the root. */
export function copyTo({ folder, name }: Place, from: string, attributes: Attributes): void {
  const source = openSync(from, 'r');
  try {
    replaceAtomically(folder, name, attributes, (target) => fillFrom(source, target));
  } finally {
    closeSync(source);
  }
}

/** Append to a file, never through a link. */
export function appendTo(place: Place, content: string | Buffer, mode: number): void {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const descriptor = openSync(pathOf(place), flags, mode);
  try {
    writeFileSync(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
}

/** Replace whatever is there by a symbolic link, in one step. */
export function linkTo(place: Place, target: string): void {
  const temporary = `${place.folder}/${temporaryName()}`;
  symlinkSync(target, temporary);
  try {
    renameSync(temporary, pathOf(place));
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
  syncFolder(place.folder);
}

/** Make a folder. An existing one is not changed. */
export function makeFolder(place: Place, attributes: Attributes): void {
  try {
    // With its final mode at once: a folder that a killed run left counts as made.
    mkdirSync(pathOf(place), attributes.mode);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
  setAttributes(place, attributes);
  syncFolder(place.folder);
}

/** Make a folder under a temporary name that only root can use. Returns its path in the root. */
export function makeTemporaryFolder({ folder, inRoot }: Place): string {
  const name = temporaryName();
  mkdirSync(`${folder}/${name}`, 0o700);
  return `${inRoot === '/' ? '' : inRoot}/${name}`;
}

/** The owner first: chown(2) clears the set-user-ID bits of the mode. Never through a link. */
export function setAttributes(place: Place, { mode, uid, gid }: Attributes): void {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const descriptor = openSync(pathOf(place), flags);
  try {
    if (process.geteuid?.() === 0 && (uid !== undefined || gid !== undefined))
      fchownSync(descriptor, uid ?? 0, gid ?? 0);
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}

/** Rename, and sync both folders if it must outlive a power cut. */
export function renameTo(source: Place, target: Place, durable: boolean): void {
  renameSync(pathOf(source), pathOf(target));
  if (!durable) return;
  syncFolder(target.folder);
  if (target.folder !== source.folder) syncFolder(source.folder);
}

/** Remove what is there, if anything. A folder that is not empty is removed only if `recursive`. */
export function remove(place: Place, recursive: boolean, durable: boolean): void {
  const path = pathOf(place);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (recursive) rmSync(path, { recursive: true });
  else if (found.isDirectory()) rmdirSync(path);
  else unlinkSync(path);
  if (durable) syncFolder(place.folder);
}

/** Remove what is there, whatever it is. */
export function removeAll(place: Place): void {
  rmSync(pathOf(place), { recursive: true, force: true });
}

/** Make a folder with one entry, in one step. Returns false if a folder that is not empty is already there. */
export function claim(place: Place, entry: string): boolean {
  const temporary = `${place.folder}/${temporaryName()}`;
  mkdirSync(temporary, 0o755);
  try {
    mkdirSync(`${temporary}/${entry}`, 0o755);
    renameSync(temporary, pathOf(place));
    return true;
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** Remove the entry of a claim, and the folder if that leaves it empty. */
export function unclaim(place: Place, entry: string): void {
  try {
    rmdirSync(`${pathOf(place)}/${entry}`);
    rmdirSync(pathOf(place));
  } catch (error) {
    // Another process has removed it, or holds the lock by now.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  }
}
