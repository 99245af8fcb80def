import { readFileSync, statfsSync } from 'node:fs';
import type { Stage } from './boot.ts';
import type { Root } from './root.ts';
import { errorCode } from './root-error.ts';
import { stateFolder } from './state.ts';

/**
 * The folder with the marks of stages that were done before init started: an empty file for each, `early-<boot id>`. Before
 * init there is no lasting /run, so the marks are on disk and name the boot; a mark of another boot has no effect. If the
 * platform carries the program, the command in the root checks for the mark of a stage before it starts the program.
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
 * Mark the stages as done in this boot, and remove the marks of other boots. If the boot has no id, no mark is written,
 * and init's units do the work again. Throws RootError.
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

/** If this file exists, this boot has no work for the late stage, and init's unit does not start it. Also named in units/. */
export const lateMark = '/run/lx-agent-late.idle';

/** The type that statfs(2) gives for a tmpfs, also in lx, where zfs and lofs have another one (illumos, lx_stat.c). */
const tmpfs = 0x01021994;

/**
 * Write the mark, or remove an earlier one. It must not outlive the boot, so it is written only if /run is a tmpfs.
 * Otherwise the late stage always starts. Throws RootError.
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
