import { closeSync, constants, existsSync, openSync, readlinkSync } from 'node:fs';
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

/**
 * Call `use` with the folder that holds `path` below `root`. Each component is opened from its parent's descriptor
 * without following links; a link's target is then walked the same way, with the root as its `/` and as the end of
 * every `..`, as chroot(2) has it. Without /proc a descriptor has no name, and plain paths take its place.
 * Throws RootError when the folder is not there or not a folder.
 */
export function inFolder<Result>(root: string, path: string, use: (place: Place) => Result): Result {
  const pending = components(path);
  // `folder/.` is the folder itself, entered; its last component is no name in its parent.
  const name = path.endsWith('/.') ? '.' : (pending.pop() ?? '.');
  if (name === '..') throw new RootError('use', path, 'EINVAL');
  if (root === '/') {
    const folder = `/${pending.join('/')}`;
    return use({ folder, name, inRoot: folder });
  }
  const opened: number[] = [openRoot(root, path)];
  const names: string[] = [];
  const top = () => descriptorPath(opened.at(-1)) ?? [root, ...names].join('/');
  let links = 0;
  try {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      if (next === '..') {
        if (names.pop() !== undefined) closeSync(opened.pop() ?? -1);
        continue;
      }
      try {
        opened.push(openSync(`${top()}/${next}`, openFlags));
        names.push(next);
      } catch (error) {
        const target = readLink(`${top()}/${next}`);
        if (target === undefined) throw new RootError('enter', path, errorCode(error) ?? 'EIO', error);
        links += 1;
        if (links > linkLimit) throw new RootError('enter', path, 'ELOOP', error);
        if (target.startsWith('/')) {
          for (const descriptor of opened.splice(1)) closeSync(descriptor);
          names.length = 0;
        }
        pending.unshift(...components(target));
      }
    }
    return use({ folder: top(), name, inRoot: `/${names.join('/')}` });
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

function openRoot(root: string, path: string): number {
  try {
    return openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    throw new RootError('enter the root of', path, errorCode(error) ?? 'EIO', error);
  }
}

let procMounted: boolean | undefined;

function descriptorPath(descriptor: number | undefined): string | undefined {
  // Once a run, not when this module is loaded: that is while the binary is built.
  procMounted ??= existsSync('/proc/self/fd');
  return procMounted && descriptor !== undefined ? `/proc/self/fd/${descriptor}` : undefined;
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errorCode(error) === 'EINVAL' || errorCode(error) === 'ENOENT' || errorCode(error) === 'EACCES')
      return undefined;
    throw error;
  }
}

function components(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
