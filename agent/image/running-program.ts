import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { isSea } from 'node:sea';

/** Where the program itself lies in an image; what is on the PATH leads there. */
export const programPath = '/usr/lib/lx-agent/lx-agent';

/**
 * What is on the PATH: a link to the program, or a script that starts it with a C library of its own, or where the
 * platform has it.
 */
export const commandPath = '/usr/bin/lx-agent';

/** Where this program lies, if it is not the one that is installed here: the platform's, for instance. */
export function programElsewhere(): string | undefined {
  if (!isSea()) return undefined;
  const program = runningProgram();
  return program === programPath ? undefined : program;
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
