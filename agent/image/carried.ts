import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import { programPath } from './install.ts';

/** A file that the built program carries as an asset; undefined when it carries none of that name, or is not built. */
export function carried(name: string): Buffer | undefined {
  if (!isSea()) return undefined;
  try {
    return Buffer.from(getRawAsset(name));
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      error.code === 'ERR_SINGLE_EXECUTABLE_APPLICATION_ASSET_NOT_FOUND'
    )
      return undefined;
    throw error;
  }
}

/**
 * Where this program lies. Under a loader of its own, /proc/self/exe is that loader, and argv[0] the program; in a
 * chroot without /proc, the name by which it was called may be all there is, and then it is the one installed here.
 */
export function runningProgram(): string {
  const candidates = [process.execPath, process.argv0, programPath];
  const found = candidates.find(
    (path) => isAbsolute(path) && !/\/ld-linux[^/]*$/.test(path) && existsSync(path),
  );
  if (found === undefined) throw new Error('cannot tell where this program lies; call it by its full path');
  return found;
}
