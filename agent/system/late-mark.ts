import { statSync } from 'node:fs';
import type { Root } from './root.ts';

/** Where init's late unit looks before it starts the agent: there, this boot has no work for it. Also named in units/. */
export const lateMark = '/run/lx-agent-late.idle';

/**
 * Leave the mark, or take away an earlier one. It must not outlive the boot, so it is left only where /run is a file
 * system of its own, which is new in each boot (a tmpfs); elsewhere the late stage is started in any case. Throws RootError.
 */
export function markLateStage(root: Root, idle: boolean): void {
  const there = root.entry(lateMark) !== undefined;
  if (idle && !there && isItsOwnFileSystem('/run')) root.write(lateMark, '', { mode: 0o644, durable: false });
  if (!idle && there) root.remove(lateMark);
}

function isItsOwnFileSystem(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.dev !== statSync('/').dev;
}
