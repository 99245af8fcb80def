import type { Change } from '../change/change.ts';
import { marksFolder } from '../system/boot-marks.ts';
import { takeOver } from './guest-tools.ts';
import { takeOverFromWriters } from './other-writers.ts';
import type { Image } from './rule.ts';
import { metadataLinks } from './rules/native.ts';
import { commandPath } from './running-program.ts';
import { runtimeFiles } from './runtime.ts';

/**
 * Everything that an in-place installation puts into a root: the command, the units and the links. The program itself
 * stays where the platform keeps it. `place` is the program's folder as a path in the zone; it also contains
 * `runtime/`.
 */
export function planInPlace(image: Image, place: string, unitChanges: readonly Change[]): readonly Change[] {
  return [
    {
      kind: 'file',
      path: commandPath,
      content: command(place),
      mode: 0o755,
      claim: 'always',
      why: 'the command',
    },
    { kind: 'directory', path: '/var/svc', mode: 0o755, why: 'the host waits for a rename there' },
    { kind: 'directory', path: '/var/db', mode: 0o755, why: 'user-data is kept there' },
    ...metadataLinks.map(
      ({ link, target }): Change => ({ kind: 'link', path: link, target, why: 'scripts call it' }),
    ),
    ...unitChanges,
    ...takeOver(image.root),
    ...takeOverFromWriters(image.root),
  ];
}

/**
 * Starts the program with the loader and the libraries beside it. If the platform no longer carries the program, `run`
 * exits with 0, so that no unit fails.
 */
function command(place: string): string {
  return `#!/bin/sh
# The program is the platform's. lx-agent image uninstall removes this file and the units.
agent=${place}
if [ ! -x "$agent/lx-agent" ]; then
  echo "lx-agent: there is no $agent/lx-agent: this platform does not carry the agent" >&2
  [ "$1" = run ] && exit 0
  exit 127
fi
# The platform's call before init leaves a mark for each stage that it ran in this boot. Do not run that stage again.
case "$*" in
  'run --stage early' | 'run --stage late')
    { IFS=- read -r a b c d e </proc/sys/kernel/random/boot_id; } 2>/dev/null
    [ -n "$a" ] && [ -e "${marksFolder}/$3-$a$b$c$d$e" ] && exit 0
    ;;
esac
exec "$agent/runtime/${runtimeFiles[0]}" --library-path "$agent/runtime" "$agent/lx-agent" "$@"
`;
}
