import { version } from '../version.ts';
import { UsageError } from './arguments.ts';
import type { Io } from './io.ts';

/** `lx-agent --version [--json]` */
export function run(words: readonly string[], io: Pick<Io, 'stdout'>): number {
  const other = words.find((word) => word !== '--json');
  if (other !== undefined) throw new UsageError(`--version takes only --json, not ${JSON.stringify(other)}`);
  io.stdout.write(
    words.length > 0 ? `${JSON.stringify(versionFacts(), null, 2)}\n` : `lx-agent ${version}\n`,
  );
  return 0;
}

/** The parts of the version: `0.1.0 (4c7b3c7+)` was built from commit 4c7b3c7 with uncommitted changes. */
export function versionFacts() {
  const [, agent = version, commit, changed] = /^(\S+) \(([0-9a-f]+)(\+?)\)$/.exec(version) ?? [];
  return {
    version: 1,
    agent,
    ...(commit === undefined ? {} : { commit, changed: changed === '+' }),
    node: process.version,
    architecture: process.arch,
  };
}
