import { closeSync, constants, existsSync, lstatSync, openSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, RootError } from './root-error.ts';

/** As many links as path_resolution(7) allows in one path. */
export const linkLimit = 40;
const openFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** A folder below a root, and one name in it. */
export interface Place {
  /** How this process may name the folder: through its open descriptor, so that nobody can exchange it meanwhile. */
  readonly folder: string;
  readonly name: string;
  /** The folder as a path within the root, free of links. */
  readonly inRoot: string;
}

/** The way into the folders below a root. */
export interface Confinement {
  /**
   * Call `use` with the folder that holds `path`. Each component is opened from its parent's descriptor without
   * following links; a link's target is then walked the same way, with the root as its `/` and as the end of every
   * `..`, as chroot(2) has it. Without /proc a descriptor has no name, and plain paths take its place.
   * Where the folder is not there, the answer is `absent`'s. Throws RootError without one, and when it is no folder.
   */
  inFolder<Result>(path: string, use: (place: Place) => Result, absent?: () => Result): Result;
  /** To be called when a folder or a link was moved or removed: its path may lead elsewhere now. */
  forget(): void;
}

/** A folder that was entered. */
interface Entered {
  readonly descriptor: number;
  /** As a path within the root, free of links. */
  readonly inRoot: string;
}

/**
 * Confinement to the tree at `root`. Folders stay open, so that the next path need not be walked from the root, until
 * the event loop turns: nothing that was waited for can have moved them.
 */
export function confinement(root: string): Confinement {
  /** By the path that led there; different ones may lead to one folder. */
  const entered = new Map<string, Entered>();
  let calls = 0;
  let procMounted: boolean | undefined;

  /** How this process may name a folder that it has open. */
  function nameOf({ descriptor, inRoot }: Entered): string {
    procMounted ??= existsSync('/proc/self/fd');
    if (procMounted) return `/proc/self/fd/${descriptor}`;
    return inRoot === '/' ? root : `${root}${inRoot}`;
  }

  function forget(): void {
    for (const descriptor of new Set([...entered.values()].map((folder) => folder.descriptor)))
      closeSync(descriptor);
    entered.clear();
  }

  function rootFolder(path: string): Entered {
    const known = entered.get('/');
    if (known !== undefined) return known;
    const folder = { descriptor: openRoot(root, path), inRoot: '/' };
    entered.set('/', folder);
    setImmediate(forget);
    return folder;
  }

  function descend(from: Entered, parts: readonly string[], walk: Walk): Entered | undefined {
    return parts.reduce<Entered | undefined>((folder, part) => {
      if (folder === undefined) return undefined;
      return part === '..'
        ? descend(rootFolder(walk.path), components(dirname(folder.inRoot)), walk)
        : child(folder, part, walk);
    }, from);
  }

  /** It is looked at first: most often nothing is there, and an error takes longer to make than the answer. */
  function child(folder: Entered, name: string, walk: Walk): Entered | undefined {
    const inRoot = below(folder.inRoot, name);
    const known = entered.get(inRoot);
    if (known !== undefined) return known;
    const path = `${nameOf(folder)}/${name}`;
    let found: Entered | undefined;
    try {
      const { there, target } = lookAt(path);
      if (!there) return undefined;
      if (target === undefined) found = { descriptor: openSync(path, openFlags), inRoot };
      else {
        walk.links += 1;
        if (walk.links > linkLimit) throw new RootError('enter', walk.path, 'ELOOP');
        found = descend(target.startsWith('/') ? rootFolder(walk.path) : folder, components(target), walk);
      }
    } catch (error) {
      if (error instanceof RootError) throw error;
      throw new RootError('enter', walk.path, errorCode(error) ?? 'EIO', error);
    }
    if (found !== undefined) entered.set(inRoot, found);
    return found;
  }

  return {
    inFolder(path, use, absent) {
      const parts = components(path);
      // `folder/.` is the folder itself, entered; its last component is no name in its parent.
      const name = path.endsWith('/.') ? '.' : (parts.pop() ?? '.');
      if (name === '..') throw new RootError('use', path, 'EINVAL');
      if (root === '/') {
        const folder = `/${parts.join('/')}`;
        return use({ folder, name, inRoot: folder });
      }
      // Never while a caller further up still uses one of them.
      if (calls === 0 && entered.size > openLimit) forget();
      calls += 1;
      try {
        const folder = descend(rootFolder(path), parts, { path, links: 0 });
        if (folder === undefined) {
          if (absent !== undefined) return absent();
          throw new RootError('enter', path, 'ENOENT');
        }
        return use({ folder: nameOf(folder), name, inRoot: folder.inRoot });
      } finally {
        calls -= 1;
      }
    },
    forget,
  };
}

/** One path on its way through the tree: as it was asked for, and the links that were followed so far. */
interface Walk {
  readonly path: string;
  links: number;
}

/** Far below the 1,024 descriptors that a process has by default. */
const openLimit = 64;

function below(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

function openRoot(root: string, path: string): number {
  try {
    return openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    throw new RootError('enter the root of', path, errorCode(error) ?? 'EIO', error);
  }
}

/** Whether anything is at a path, and the target where it is a link. */
export function lookAt(path: string): { readonly there: boolean; readonly target: string | undefined } {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return { there: status !== undefined, target: status?.isSymbolicLink() ? readlinkSync(path) : undefined };
}

function components(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
