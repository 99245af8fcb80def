import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DoesNotApply } from './passes/does-not-apply.ts';
import type { ScratchZone } from './scratch-zone.ts';

/** Runs a built program, and throws DoesNotApply if it fails. */
export type Trial = (program: string) => Promise<void>;

/** What a program must do at the least: both stages of a boot, and commands that are not in its snapshot. */
export function trialOn({ root, target }: ScratchZone): Trial {
  const runs = [
    ['--version'],
    ['run', '--stage', 'early', ...target],
    ['run', '--stage', 'late', ...target],
    ['run', '--dry-run', '--force', ...target],
    ['status', '--root', root],
    ['doctor', ...target],
    ['metadata', 'get', 'sdc:uuid', ...target.slice(2)],
  ];
  return async (program) => {
    for (const words of runs) {
      const ended = await promisify(execFile)(program, words, { timeout: 60_000 }).then(
        () => undefined,
        (error: { code?: unknown; signal?: unknown; stderr?: string }) => error,
      );
      // The doctor finds something in any root that is no zone.
      const isFound = words[0] === 'doctor' && ended?.code === 1;
      if (ended !== undefined && !isFound)
        throw new DoesNotApply(
          `in the program that comes of it, "lx-agent ${words.join(' ')}" ended with ${ended.code ?? ended.signal}: ${ended.stderr?.trim().split('\n').at(-1)}`,
        );
    }
  };
}
