import { statfsSync } from 'node:fs';
import type { Root } from './root.ts';

/** Where init's late unit looks before it starts the agent: there, this boot has no work for it. Also named in units/. */
export const lateMark = '/run/lx-agent-late.idle';

/** What statfs(2) calls a tmpfs; lx does too, and has another number for zfs and lofs (illumos, lx_stat.c). */
const tmpfs = 0x01021994;

/**
 * Leave the mark, or take away an earlier one. It must not outlive the boot, so it is left only where /run is a tmpfs;
 * elsewhere the late stage is started in any case. Throws RootError.
 */
export function markLateStage(root: Root, idle: boolean): void {
  const there = root.entry(lateMark) !== undefined;
  if (idle && !there && isGoneAfterBoot(root, '/run'))
    root.write(lateMark, '', { mode: 0o644, durable: false });
  if (!idle && there) root.remove(lateMark);
}

function isGoneAfterBoot(root: Root, folder: string): boolean {
  return root.entry(folder) !== undefined && statfsSync(root.outside(folder)).type === tmpfs;
}
