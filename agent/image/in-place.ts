import type { Change } from '../change/change.ts';
import { marksFolder } from '../system/boot-marks.ts';
import { takeOver } from './guest-tools.ts';
import { takeOverFromWriters } from './other-writers.ts';
import type { Image } from './rule.ts';
import { metadataLinks } from './rules/native.ts';
import { commandPath } from './running-program.ts';
import { runtimeFiles } from './runtime.ts';

/**
 * Everything that a root holds whose program stays where the platform keeps it: the command, the units, the links, and
 * nothing of the program itself. `place` is the program's folder as a path in the zone, with its `runtime/` beside it.
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
 * Starts the program under the loader and with the libraries that lie beside it. On a platform that no longer carries
 * it, `run` ends with 0, so that no unit fails for it.
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
# What the platform's call did before init started is marked, for this boot alone.
case "$*" in
  'run --stage early' | 'run --stage late')
    { IFS=- read -r a b c d e </proc/sys/kernel/random/boot_id; } 2>/dev/null
    [ -n "$a" ] && [ -e "${marksFolder}/$3-$a$b$c$d$e" ] && exit 0
    ;;
esac
exec "$agent/runtime/${runtimeFiles[0]}" --library-path "$agent/runtime" "$agent/lx-agent" "$@"
`;
}
