import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repository } from './bundle.ts';
import { withScratchZone } from './scratch-zone.ts';

/**
 * Call `use` while a scratch zone stands, with the runs that a boot makes on it. It is not the zone's first boot: most
 * boots find nothing left to do, and need neither cryptography nor programs.
 */
export async function withWarmUp(
  use: (runs: readonly (readonly string[])[]) => Promise<void>,
): Promise<void> {
  await withScratchZone('build', async ({ target }) => {
    const runs = ['early', 'late'].map((stage) => ['run', '--stage', stage, ...target]);
    for (const words of runs)
      await promisify(execFile)(process.execPath, [`${repository}/agent/main.ts`, ...words]);
    await use(runs);
  });
}
