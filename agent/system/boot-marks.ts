import { readFileSync, statfsSync } from 'node:fs';
import type { Stage } from './boot.ts';
import type { Root } from './root.ts';
import { errorCode } from './root-error.ts';
import { stateFolder } from './state.ts';

/**
 * Where the stages that were done before init started are marked, one empty file each: `early-<boot id>`. Before init
 * there is no /run that lasts, so the marks lie on disk and name the boot: a mark of an earlier boot says nothing. The
 * command of a root whose program is the platform's looks for a stage's mark before it starts the program.
 */
export const marksFolder = `${stateFolder}/before-init`;

/** The path of a stage's mark for a boot: the kernel's boot id without its hyphens. */
export function markPath(stage: Stage, bootId: string): string {
  return `${marksFolder}/${stage}-${bootId}`;
}

/** The kernel's boot id as 32 hex digits; undefined where the kernel does not give one. */
export function kernelBootId(proc = '/proc'): string | undefined {
  try {
    const id = readFileSync(`${proc}/sys/kernel/random/boot_id`, 'latin1').trim().replaceAll('-', '');
    return /^[0-9a-f]{32}$/.test(id) ? id : undefined;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/**
 * Mark the stages as done in this boot, and remove the marks of other boots. Where nothing tells one boot from another
 * no mark is left, and init's units do the work again. Throws RootError.
 */
export function markDoneBeforeInit(root: Root, stages: readonly Stage[], bootId = kernelBootId()): void {
  const wanted = bootId === undefined ? [] : stages.map((stage) => markPath(stage, bootId));
  for (const name of root.list(marksFolder)) {
    const path = `${marksFolder}/${name}`;
    if (!wanted.includes(path)) root.remove(path);
  }
  if (wanted.length > 0) root.makeDirectory(marksFolder, { mode: 0o755 });
  for (const path of wanted)
    if (root.entry(path) === undefined) root.write(path, '', { mode: 0o644, durable: false });
}

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
