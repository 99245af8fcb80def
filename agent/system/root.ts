import type { Attributes } from './atomic-write.ts';

/** What is at a path, by lstat(2). */
export interface Entry {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}

/**
 * A directory tree that is somebody's `/`: the running system's at boot, an image's at image time. All file access
 * goes through it. Paths are absolute within the root; links on the way are resolved as chroot(2) would, so none
 * leads out, whoever made it. The last component of a path is never followed by what writes.
 */
export interface Root {
  /** Where the root is, as an absolute path outside. */
  readonly path: string;
  /** Whether this is the running system. */
  readonly live: boolean;
  /** The content of a regular file (links inside the root followed); undefined when there is none. Throws RootError. */
  read(path: string, limit?: number): Buffer | undefined;
  readText(path: string, limit?: number): string | undefined;
  /** What is at the path, the last component not followed; undefined when nothing is. */
  entry(path: string): Entry | undefined;
  /** Names in a directory, sorted; none when it does not exist. */
  list(path: string): readonly string[];
  linkTarget(path: string): string | undefined;
  /** Whether the path leads to a regular file with an execute bit. */
  isExecutable(path: string): boolean;
  /** Replace or create a file whole: temporary file in the same folder, mode, owner, content, fsync, rename, fsync. */
  write(path: string, content: string | Buffer, attributes: Attributes): void;
  /** Create a file whole where nothing is; false where something is, which stays. */
  create(path: string, content: string | Buffer, attributes: Attributes): boolean;
  /** The same with the content of a file outside the root, a chunk at a time. */
  copy(from: string, path: string, attributes: Attributes): void;
  /** Whether a regular file has the very content of a file outside the root. */
  isCopyOf(path: string, from: string): boolean;
  /** SHA-256 of a regular file, in hexadecimal, whatever its size; undefined when there is none. Links are not followed. */
  digest(path: string): string | undefined;
  /** Append to a log, created with the mode; never through a link. */
  append(path: string, content: string | Buffer, mode: number): void;
  link(path: string, target: string): void;
  /** Make a directory and its missing parents (those 0755). */
  makeDirectory(path: string, attributes: Attributes): void;
  setAttributes(path: string, attributes: Attributes): void;
  /** Not `durable`: a power cut may undo it, and nothing waits for the disk. */
  rename(from: string, to: string, durable?: boolean): void;
  remove(path: string, recursive?: boolean, durable?: boolean): void;
  /** Make a folder with one entry, in one step; false where it is there and holds something. See lock.ts. */
  claim(path: string, entry: string): boolean;
  /** Take that entry away again, and the folder if that leaves it empty. What is gone already is no error. */
  unclaim(path: string, entry: string): void;
  /** A fresh private folder inside a folder, removed when `use` is done with it. */
  withTemporaryFolder<Result>(folder: string, use: (path: string) => Promise<Result>): Promise<Result>;
  /** The path as programs outside the root would open it, its folder resolved inside the root. */
  outside(path: string): string;
}
