import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type Attributes,
  replaceAtomically,
  sweepTemporaries,
  syncFolder,
  temporaryName,
  writeAtomically,
} from './atomic-write.ts';

import { confinement, linkLimit, lookAt, type Place } from './confinement.ts';
import { fillFrom, haveSameContent } from './copy-in-chunks.ts';
import { errorCode, RootError } from './root-error.ts';

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
  /** The same with the content of a file outside the root, a chunk at a time. */
  copy(from: string, path: string, attributes: Attributes): void;
  /** Whether a regular file has the very content of a file outside the root. */
  isCopyOf(path: string, from: string): boolean;
  /** Append to a log, created with the mode; never through a link. */
  append(path: string, content: string | Buffer, mode: number): void;
  link(path: string, target: string): void;
  /** Make a directory and its missing parents (those 0755). */
  makeDirectory(path: string, attributes: Attributes): void;
  setAttributes(path: string, attributes: Attributes): void;
  rename(from: string, to: string): void;
  remove(path: string, recursive?: boolean): void;
  /** A fresh private folder inside a folder, removed when `use` is done with it. */
  withTemporaryFolder<Result>(folder: string, use: (path: string) => Promise<Result>): Promise<Result>;
  /** The path as programs outside the root would open it, its folder resolved inside the root. */
  outside(path: string): string;
}

/** The root at a directory; `/` is the running system. */
export function openRoot(directory: string): Root {
  const path = resolve(directory);
  const live = path === '/';
  const swept = new Set<string>();
  const { inFolder, forget } = confinement(path);

  function at<Result>(
    operation: string,
    inRoot: string,
    use: (place: Place) => Result,
    absent?: () => Result,
  ): Result {
    try {
      return inFolder(inRoot, use, absent);
    } catch (error) {
      if (error instanceof RootError) throw error;
      throw new RootError(operation, inRoot, errorCode(error) ?? String(error), error);
    }
  }

  /** What `use` answers, or undefined where the path does not lead to anything. */
  function maybe<Result>(
    operation: string,
    inRoot: string,
    use: (place: Place) => Result,
  ): Result | undefined {
    try {
      return at<Result | undefined>(operation, inRoot, use, () => undefined);
    } catch (error) {
      if (error instanceof RootError && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
        return undefined;
      throw error;
    }
  }

  /**
   * The path that a chain of links at its last component ends in, and whether anything is there: an error would take
   * longer to make than this answer, and most of what is looked for is absent.
   */
  function followed(inRoot: string, links = 0): { readonly path: string; readonly there: boolean } {
    const found = maybe('read', inRoot, (place) => {
      if (live) return { there: statSync(join(place), { throwIfNoEntry: false }) !== undefined };
      const { there, target } = lookAt(join(place));
      return { there, next: target?.startsWith('/') === false ? `${place.inRoot}/${target}` : target };
    });
    if (found?.next === undefined) return { path: inRoot, there: found?.there === true };
    if (links >= linkLimit) throw new RootError('read', inRoot, 'ELOOP');
    return followed(found.next, links + 1);
  }

  function read(inRoot: string, limit = defaultReadLimit): Buffer | undefined {
    const file = followed(inRoot);
    if (!file.there) return undefined;
    return maybe('read', file.path, (place) => {
      const flags = constants.O_RDONLY | constants.O_NONBLOCK | (live ? 0 : constants.O_NOFOLLOW);
      const descriptor = openSync(join(place), flags);
      try {
        const status = fstatSync(descriptor);
        if (!status.isFile())
          throw new RootError('read', inRoot, status.isDirectory() ? 'EISDIR' : 'not a regular file');
        if (status.size > limit) throw new RootError('read', inRoot, `larger than ${limit} bytes`);
        return readFileSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    });
  }

  function entry(inRoot: string): Entry | undefined {
    return maybe('look at', inRoot, (place) => {
      const status = lstatSync(join(place), { throwIfNoEntry: false });
      if (status === undefined) return undefined;
      return {
        kind: kindOf(status),
        mode: status.mode & 0o7777,
        uid: status.uid,
        gid: status.gid,
        size: status.size,
      };
    });
  }

  /** Once a folder and run: what a killed run left there goes before we write beside it. */
  function sweep(folder: string, inRoot: string): void {
    if (swept.has(inRoot)) return;
    swept.add(inRoot);
    sweepTemporaries(folder);
  }

  return {
    path,
    live,
    read,
    readText: (inRoot, limit) => read(inRoot, limit)?.toString('utf8'),
    entry,
    list: (inRoot) => {
      const folder = followed(inRoot);
      if (!folder.there) return [];
      return maybe('list', `${folder.path}/.`, (place) => readdirSync(place.folder).sort()) ?? [];
    },
    linkTarget: (inRoot) => maybe('look at', inRoot, (place) => lookAt(join(place)).target),
    isExecutable: (inRoot) => {
      if (live) return isExecutableFile(statSync(inRoot, { throwIfNoEntry: false }));
      const target = followed(inRoot).path;
      return (
        maybe('look at', target, (place) =>
          isExecutableFile(lstatSync(join(place), { throwIfNoEntry: false })),
        ) ?? false
      );
    },
    write: (inRoot, content, attributes) =>
      at('write', inRoot, (place) => {
        sweep(place.folder, place.inRoot);
        writeAtomically(place.folder, place.name, Buffer.from(content), attributes);
      }),
    copy: (from, inRoot, attributes) =>
      at('write', inRoot, (place) => {
        sweep(place.folder, place.inRoot);
        const source = openSync(from, 'r');
        try {
          replaceAtomically(place.folder, place.name, attributes, (target) => fillFrom(source, target));
        } finally {
          closeSync(source);
        }
      }),
    isCopyOf: (inRoot, from) =>
      maybe('read', inRoot, (place) => {
        const status = lstatSync(join(place), { throwIfNoEntry: false });
        return status?.isFile() === true && haveSameContent(join(place), from);
      }) ?? false,
    append: (inRoot, content, mode) =>
      at('write', inRoot, (place) => {
        const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
        const descriptor = openSync(join(place), flags, mode);
        try {
          writeFileSync(descriptor, content);
        } finally {
          closeSync(descriptor);
        }
      }),
    link: (inRoot, target) => {
      at('link', inRoot, (place) => {
        sweep(place.folder, place.inRoot);
        const temporary = `${place.folder}/${temporaryName()}`;
        symlinkSync(target, temporary);
        try {
          renameSync(temporary, join(place));
        } catch (error) {
          unlinkSync(temporary);
          throw error;
        }
        syncFolder(place.folder);
      });
      forget();
    },
    makeDirectory: function make(inRoot, attributes) {
      const parent = followed(dirname(inRoot));
      if (!parent.there && parent.path !== '/') make(parent.path, { mode: 0o755 });
      at('make', inRoot, (place) => {
        try {
          // With its mode at once: a folder left by a killed run counts as made.
          mkdirSync(join(place), attributes.mode);
        } catch (error) {
          if (errorCode(error) === 'EEXIST') return;
          throw error;
        }
        setAttributesAt(join(place), attributes);
        syncFolder(place.folder);
      });
    },
    setAttributes: (inRoot, attributes) =>
      at('change', inRoot, (place) => setAttributesAt(join(place), attributes)),
    rename: (from, to) => {
      at('rename', from, (source) =>
        at('rename', to, (target) => {
          renameSync(join(source), join(target));
          syncFolder(target.folder);
          if (target.folder !== source.folder) syncFolder(source.folder);
        }),
      );
      forget();
    },
    remove: (inRoot, recursive = false) => {
      maybe('remove', inRoot, (place) => {
        if (lstatSync(join(place), { throwIfNoEntry: false }) === undefined) return;
        if (recursive) rmSync(join(place), { recursive: true });
        else if (lstatSync(join(place)).isDirectory()) rmdirSync(join(place));
        else unlinkSync(join(place));
        syncFolder(place.folder);
      });
      forget();
    },
    withTemporaryFolder: async (folder, use) => {
      const inside = at('make a folder in', `${folder}/x`, (place) => {
        sweep(place.folder, place.inRoot);
        const name = temporaryName();
        mkdirSync(`${place.folder}/${name}`, 0o700);
        return `${place.inRoot === '/' ? '' : place.inRoot}/${name}`;
      });
      try {
        return await use(inside);
      } finally {
        at('remove', inside, (place) => rmSync(join(place), { recursive: true, force: true }));
        forget();
      }
    },
    outside: (inRoot) =>
      live
        ? inRoot
        : at('use', inRoot, (place) => `${path}${place.inRoot === '/' ? '' : place.inRoot}/${place.name}`),
  };
}

/** Nothing that the agent reads from a root is larger, in bytes. */
const defaultReadLimit = 16 * 1024 * 1024;

function join({ folder, name }: Place): string {
  return `${folder}/${name}`;
}

function kindOf(status: Stats): Entry['kind'] {
  if (status.isFile()) return 'file';
  if (status.isDirectory()) return 'directory';
  return status.isSymbolicLink() ? 'link' : 'other';
}

function isExecutableFile(status: Stats | undefined): boolean {
  return status?.isFile() === true && (status.mode & 0o111) !== 0;
}

/** The owner first: chown(2) clears the set-user-ID bits of the mode. Never through a link. */
function setAttributesAt(path: string, { mode, uid, gid }: Attributes): void {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const descriptor = openSync(path, flags);
  try {
    if (process.geteuid?.() === 0 && (uid !== undefined || gid !== undefined))
      fchownSync(descriptor, uid ?? 0, gid ?? 0);
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}
