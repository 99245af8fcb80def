import { meaningOf } from './system-error.ts';

const meanings: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; run as root, or with --root on a tree that you may write',
  EPERM: 'operation not permitted; run as root, or with --root on a tree that you may write',
  ENOSPC: 'no space left on the file system; free some, then run again',
  EDQUOT: 'the quota is used up; free some space, then run again',
  EROFS: 'the file system is read-only; make it writable, then run again',
  EIO: 'input/output error; look at the disk or pool below it',
  EMFILE: 'too many open files in this process',
  ENFILE: 'too many open files on this machine',
  ELOOP: 'too many symbolic links on the way',
  ENOTDIR: 'a component of the path is not a directory',
  EISDIR: 'there is a directory where a file should be; move it away',
  ENOTEMPTY: 'the directory is not empty',
  EEXIST: 'something else is there already',
  EBUSY: 'it is in use, a mount point perhaps',
};

/** A file operation below a root that failed: which, where, and in words why. */
export class RootError extends Error {
  readonly code: string;
  readonly path: string;

  /** `code` is an errno name, or says in words what is wrong. */
  constructor(operation: string, path: string, code: string, cause?: unknown) {
    const meaning = meanings[code] ?? meaningOf(code);
    super(`cannot ${operation} ${path}: ${meaning === undefined ? code : `${meaning} (${code})`}`, { cause });
    this.name = 'RootError';
    this.code = code;
    this.path = path;
  }
}

/** The errno name of a failed system call (`ENOENT`); undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a failed call says that nothing is at the path. */
export function isAbsent(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}
