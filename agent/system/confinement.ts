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

/** The folders of a root that are open now. */
interface OpenTree {
  readonly root: string;
  /** By the path that led there; several paths may lead to one folder. */
  readonly entered: Map<string, Entered>;
  /** How many callers are using a folder, one inside the other. */
  users: number;
  /** Undefined until it is looked at. */
  procMounted: boolean | undefined;
}

/**
 * Confinement to the tree at `root`. Folders stay open, so that the next path need not be walked from the root, until
 * the event loop turns: before that, no other code of this process can have moved them.
 */
export function confinement(root: string): Confinement {
  const tree: OpenTree = { root, entered: new Map(), users: 0, procMounted: undefined };
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
      // Never while a caller further up still uses one of the folders.
      if (tree.users === 0 && tree.entered.size > openLimit) closeAll(tree);
      tree.users += 1;
      try {
        const folder = descend(tree, rootFolder(tree, path), parts, { path, links: 0 });
        if (folder === undefined) {
          if (absent !== undefined) return absent();
          throw new RootError('enter', path, 'ENOENT');
        }
        return use({ folder: nameOf(tree, folder), name, inRoot: folder.inRoot });
      } finally {
        tree.users -= 1;
      }
    },
    forget: () => closeAll(tree),
  };
}

function closeAll({ entered }: OpenTree): void {
  for (const descriptor of new Set([...entered.values()].map((folder) => folder.descriptor)))
    closeSync(descriptor);
  entered.clear();
}

/** How this process may name a folder that it has open. */
function nameOf(tree: OpenTree, { descriptor, inRoot }: Entered): string {
  tree.procMounted ??= existsSync('/proc/self/fd');
  if (tree.procMounted) return `/proc/self/fd/${descriptor}`;
  return inRoot === '/' ? tree.root : `${tree.root}${inRoot}`;
}

/** The root itself. The first one to enter it sees to it that all folders are closed when the event loop turns. */
function rootFolder(tree: OpenTree, path: string): Entered {
  const known = tree.entered.get('/');
  if (known !== undefined) return known;
  const folder = { descriptor: openRoot(tree.root, path), inRoot: '/' };
  tree.entered.set('/', folder);
  setImmediate(() => closeAll(tree));
  return folder;
}

function descend(tree: OpenTree, from: Entered, parts: readonly string[], walk: Walk): Entered | undefined {
  return parts.reduce<Entered | undefined>((folder, part) => {
    if (folder === undefined) return undefined;
    return part === '..'
      ? descend(tree, rootFolder(tree, walk.path), components(dirname(folder.inRoot)), walk)
      : child(tree, folder, part, walk);
  }, from);
}

function child(tree: OpenTree, folder: Entered, name: string, walk: Walk): Entered | undefined {
  const inRoot = below(folder.inRoot, name);
  const known = tree.entered.get(inRoot);
  if (known !== undefined) return known;
  try {
    const found = enter(tree, folder, name, walk);
    if (found !== undefined) tree.entered.set(inRoot, found);
    return found;
  } catch (error) {
    if (error instanceof RootError) throw error;
    throw new RootError('enter', walk.path, errorCode(error) ?? 'EIO', error);
  }
}

/** Looks before it opens: most often nothing is there, and an error takes longer to make than the answer. */
function enter(tree: OpenTree, folder: Entered, name: string, walk: Walk): Entered | undefined {
  const path = `${nameOf(tree, folder)}/${name}`;
  const { there, target } = lookAt(path);
  if (!there) return undefined;
  if (target === undefined)
    return { descriptor: openSync(path, openFlags), inRoot: below(folder.inRoot, name) };
  walk.links += 1;
  if (walk.links > linkLimit) throw new RootError('enter', walk.path, 'ELOOP');
  const from = target.startsWith('/') ? rootFolder(tree, walk.path) : folder;
  return descend(tree, from, components(target), walk);
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
