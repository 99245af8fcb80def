import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { isSea } from 'node:sea';

/** The path of the program itself in an image. The command on the PATH starts it. */
export const programPath = '/usr/lib/lx-agent/lx-agent';

/**
 * The command on the PATH: a link to the program, or a script that starts it with its own C library or in the
 * platform's folder.
 */
export const commandPath = '/usr/bin/lx-agent';

/** The path of this program if it is not the one that is installed here, for example the platform's. */
export function programElsewhere(): string | undefined {
  if (!isSea()) return undefined;
  const program = runningProgram();
  return program === programPath ? undefined : program;
}

/**
 * The path of this program. If its own loader started it, /proc/self/exe is the loader, and argv[0] is the program. In
 * a chroot without /proc, perhaps only the name that it was called by is known. Then it is the program installed here.
 */
export function runningProgram(): string {
  const candidates = [process.execPath, process.argv0, programPath];
  const found = candidates.find(
    (path) => isAbsolute(path) && !/\/ld-linux[^/]*$/.test(path) && existsSync(path),
  );
  if (found === undefined) throw new Error('cannot find the path of this program; call it by its full path');
  return found;
}
