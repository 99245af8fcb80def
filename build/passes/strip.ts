import { execFileSync } from 'node:child_process';
import { DoesNotApply } from './does-not-apply.ts';

/** Strip a copy of Node.js in place. This works before the injection; after it, strip(1) breaks the program. */
export function stripSymbols(node: string): void {
  try {
    execFileSync('strip', [node], { stdio: 'pipe' });
    execFileSync(node, ['--version'], { stdio: 'pipe' });
  } catch (error) {
    throw new DoesNotApply(
      `strip(1) (Debian package binutils): ${error instanceof Error ? error.message : error}`,
    );
  }
}
