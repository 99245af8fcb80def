import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What makes packages, and Debian's package of each. */
const tools = [
  { program: 'dpkg-deb', from: 'dpkg' },
  { program: 'rpmbuild', from: 'rpm' },
  { program: 'tar', from: 'tar' },
  { program: 'xz', from: 'xz-utils' },
  { program: 'libdeflate-gzip', from: 'libdeflate-tools' },
  { program: 'npm', from: 'npm' },
] as const;

/** The tools that this machine lacks: all of them at once, before any work is done. */
export function missingTools(path = process.env.PATH ?? ''): readonly (typeof tools)[number][] {
  return tools.filter(
    ({ program }) => !path.split(delimiter).some((folder) => isProgram(join(folder, program))),
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
