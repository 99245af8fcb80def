import { type Lock, Locked, takeLock } from '../system/lock.ts';
import type { Root } from '../system/root.ts';
import { lateStageLock } from '../system/what-runs.ts';

/** Let others see that the late stage of this boot is at work while `use` runs. A second one goes on without that. */
export async function whileLateStageRuns<Result>(root: Root, use: () => Promise<Result>): Promise<Result> {
  const lock = await markerOf(root);
  try {
    return await use();
  } finally {
    lock?.release();
  }
}

async function markerOf(root: Root): Promise<Lock | undefined> {
  try {
    return await takeLock(root, lateStageLock, 0);
  } catch (error) {
    if (error instanceof Locked) return undefined;
    throw error;
  }
}
