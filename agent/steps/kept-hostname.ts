import { reasonToKeep } from '../change/ownership.ts';
import { behindLinks } from '../change/shared-file.ts';
import type { Instance } from '../metadata/instance.ts';
import { type Hostname, isHostname } from '../metadata/values.ts';
import type { System } from '../system/system.ts';
import { bytesIfReadable } from '../system/text-if-readable.ts';
import { isClone } from './clone.ts';

/** A file with a host name and comments is not larger, in bytes. */
const largest = 64 * 1024;

/**
 * The name in an /etc/hostname that somebody edited. The file stays, and then its name is the machine's: everywhere, so
 * that the running name, /etc/hosts and the file agree. Undefined where the file is ours to change, is taken over by
 * force, or holds no name.
 */
export function keptHostname(wanted: string, instance: Instance, system: System): Hostname | undefined {
  const { root, state, forced } = system;
  if (forced === true || isClone(instance, system)) return undefined;
  const path = behindLinks(root, '/etc/hostname');
  const current = bytesIfReadable(root, path, largest);
  const name = current === undefined ? undefined : nameIn(current.toString('latin1'));
  // Only now is anything hashed: a boot that changes nothing does not load what hashes.
  if (current === undefined || name === undefined || name === wanted) return undefined;
  const isKept = reasonToKeep(path, current, 'ours-until-edited', state) !== undefined;
  return isKept && name.length <= 64 && isHostname(name) ? name : undefined;
}

/** hostname(5): comments and empty lines are left out. */
function nameIn(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'));
}
