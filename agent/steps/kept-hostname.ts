import { lookAtPath, reasonToKeep } from '../change/ownership.ts';
import { behindLinks } from '../change/shared-file.ts';
import type { Instance } from '../metadata/instance.ts';
import { type Hostname, isHostname } from '../metadata/values.ts';
import type { State } from '../system/state.ts';
import type { ReadableRoot, System } from '../system/system.ts';
import { bytesIfReadable } from '../system/text-if-readable.ts';
import { isClone } from './clone.ts';

/** A file with a host name and comments is not larger, in bytes. */
const largest = 64 * 1024;

/**
 * The name in an /etc/hostname that somebody edited. The file stays, and then its name is the machine's: everywhere, so
 * that the running name, /etc/hosts and the file agree. Undefined where the file is ours to change, is taken over by
 * force, or holds no name.
 */
export function keptHostname(
  path: string,
  wanted: string,
  instance: Instance,
  system: System,
): Hostname | undefined {
  const { root, state, forced } = system;
  if (forced === true || isClone(instance, system)) return undefined;
  const current = bytesIfReadable(root, path, largest);
  const name = current === undefined ? undefined : nameIn(current.toString('latin1'));
  // Only now is anything hashed: a boot that changes nothing does not load what hashes.
  if (current === undefined || name === undefined || name === wanted) return undefined;
  const found = lookAtPath(path, root);
  const isKept = found && reasonToKeep(path, found, 'ours-until-edited', state) !== undefined;
  return isKept && name.length <= 64 && isHostname(name) ? name : undefined;
}

/**
 * The file that holds the name: behind a link that the image shipped. Where the agent wrote a file and a link is now,
 * somebody put it there: the link itself is then held against the record.
 */
export function hostnamePath(root: ReadableRoot, state: State): string {
  return state.files['/etc/hostname'] === undefined ? behindLinks(root, '/etc/hostname') : '/etc/hostname';
}

/** hostname(5): comments and empty lines are left out. */
function nameIn(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'));
}
