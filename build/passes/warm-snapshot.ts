import { repository } from '../bundle.ts';
import { DoesNotApply } from './does-not-apply.ts';

/** The program that the snapshot is made of: it looks for what it needs of Node's internals, and fails without it. */
export const warmEntry = `${repository}/build/snapshot/warm.ts`;

/** Make the program with a warm snapshot. Throws DoesNotApply if this Node.js cannot make one. */
export async function withWarmSnapshot(make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (error instanceof DoesNotApply) throw error;
    throw new DoesNotApply(`the warm snapshot could not be made: ${reasonOf(error)}`);
  }
}

/** pkg puts what Node.js said into its own error; the line that matters stands amid a stack. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split('\n').map((line) => line.trim());
  const reasons = lines.filter((line) => /^\w*Error\b.*: |bad option/.test(line));
  return reasons.findLast((line) => !line.includes('Command failed')) ?? lines[0] ?? text;
}
