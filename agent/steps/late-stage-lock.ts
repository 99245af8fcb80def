import { type Lock, Locked, takeLock } from '../system/lock.ts';
import type { Root } from '../system/root.ts';
import { lateStageLock } from '../system/what-runs.ts';

/** Hold a lock while `use` runs, so that others see that the late stage is running. A second late stage runs without it. */
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
