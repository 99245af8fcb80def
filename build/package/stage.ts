import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PackageFile, PackageLink } from './description.ts';

/** Lay the files of a package into an empty folder as they will lie in a root. */
export function stage(files: readonly (PackageFile | PackageLink)[], folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const file of files) {
    if ('link' in file) {
      makeFolder(dirname(`${folder}${file.to}`));
      symlinkSync(file.link, `${folder}${file.to}`);
    } else put(`${folder}${file.to}`, file.from, file.mode);
  }
}

/** Write a file with exactly this mode, whatever the umask. */
export function put(path: string, from: PackageFile['from'], mode: number): void {
  makeFolder(dirname(path));
  if ('path' in from) copyFileSync(from.path, path);
  else writeFileSync(path, from.text);
  chmodSync(path, mode);
}

function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) chmodSync(made, 0o755);
}
