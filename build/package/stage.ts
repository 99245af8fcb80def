import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Description } from './description.ts';

/** Lay the files of a package into an empty folder as they will lie in a root. */
export function stage({ files }: Pick<Description, 'files'>, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { from, to, mode } of files) put(`${folder}${to}`, from, mode);
}

/** Write a file with exactly this mode, whatever the umask. */
export function put(
  path: string,
  from: { readonly path: string } | { readonly text: string | Buffer },
  mode: number,
): void {
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
