import { execFileSync } from 'node:child_process';
import { sourceDate } from './date.ts';

/** Pack a folder as a .tar.xz: everything belongs to root, has the date of the source, and stands in a fixed order. */
export function packFolder(folder: string, archive: string): void {
  execFileSync(
    'tar',
    [
      '--create',
      '--sort=name',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      `--mtime=@${sourceDate()}`,
      '-I',
      'xz -4',
      '-f',
      archive,
      '.',
    ],
    { cwd: folder, stdio: 'pipe' },
  );
}
