import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repository } from '../bundle.ts';
import type { ScratchZone } from '../scratch-zone.ts';

/**
 * The runs that a boot makes on a scratch zone. They are made once from source, for the snapshot must not see the zone's
 * first boot: most boots find nothing left to do, and need neither cryptography nor programs.
 */
export async function warmUpRuns({ target }: ScratchZone): Promise<readonly (readonly string[])[]> {
  const runs = ['early', 'late'].map((stage) => ['run', '--stage', stage, ...target]);
  for (const words of runs)
    await promisify(execFile)(process.execPath, [`${repository}/agent/main.ts`, ...words]);
  return runs;
}
