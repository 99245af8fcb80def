import { lookAtPath, reasonToKeep } from '../change/ownership.ts';
import { behindLinks } from '../change/shared-file.ts';
import type { Instance } from '../metadata/instance.ts';
import { type Hostname, isHostname } from '../metadata/values.ts';
import type { State } from '../system/state.ts';
import type { ReadableRoot, System } from '../system/system.ts';
import { bytesIfReadable } from '../system/text-if-readable.ts';
import { isClone } from './clone.ts';

/** The largest file with a host name and comments, in bytes. */
const largest = 64 * 1024;

/**
 * The name in an /etc/hostname that was edited by hand. The file is kept, and its name is used everywhere, so that the
 * running name, /etc/hosts and the file agree. Undefined if the agent may change the file, replaces it by force, or finds
 * no name in it.
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
  // Hashing comes last: a boot that changes nothing does not load the module for it.
  if (current === undefined || name === undefined || name === wanted) return undefined;
  const found = lookAtPath(path, root);
  const isKept = found && reasonToKeep(path, found, 'ours-until-edited', state) !== undefined;
  return isKept && name.length <= 64 && isHostname(name) ? name : undefined;
}

/**
 * The file that holds the name. A link that came with the image is followed. A link in place of a file that the agent
 * wrote is an edit: then the link itself is compared with the record.
 */
export function hostnamePath(root: ReadableRoot, state: State): string {
  return state.files['/etc/hostname'] === undefined ? behindLinks(root, '/etc/hostname') : '/etc/hostname';
}

/** hostname(5): comments and empty lines are ignored. */
function nameIn(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'));
}
