import type { OtherWriter } from '../image/other-writers.ts';
import type { Stage } from '../system/boot.ts';
import type { Root } from '../system/root.ts';
import { steps as allSteps } from './order.ts';
import type { RunOptions } from './run-options.ts';
import type { Step } from './step.ts';

/** Which steps a run carries out. */
export interface StepsToRun {
  readonly stages: readonly Stage[];
  readonly steps: readonly Step[];
  /** The late steps that the early stage of a boot carries out too if none of them has to wait for the network. */
  readonly lateSteps: readonly Step[];
  /** The stages that this run carries out because an earlier run failed to. */
  readonly missed: readonly Stage[];
}

/** Choose the steps; `warn` is called if the report of the early stage cannot be read. */
export async function stepsToRun(
  options: RunOptions,
  root: Root,
  boot: string | undefined,
  warn: (message: string) => void,
): Promise<StepsToRun> {
  const { missed, repeated } = await earlyStepsToRun(options, root, boot, warn);
  const stages = [...missed, ...options.stages];
  const withLateSteps = isStageOfBoot('early', options, root) && !options.dryRun;
  return {
    stages,
    steps: [...repeated, ...chosen(stages, options.named)],
    lateSteps: withLateSteps ? chosen(['late'], []) : [],
    missed,
  };
}

/** Whether a run is what init starts for a stage: that stage alone, with all its steps. */
export function isStage(stage: Stage, { stages, named }: Pick<RunOptions, 'stages' | 'named'>): boolean {
  return stages.join() === stage && named.length === 0;
}

/** Whether a run is a stage of a boot of the running system. */
export function isStageOfBoot(stage: Stage, options: RunOptions, root: Root): boolean {
  return isStage(stage, options) && root.live;
}

/** The early steps that the late stage has to do before its own steps. */
interface EarlySteps {
  /** The early stage, if the one of this boot did not get its metadata. */
  readonly missed: readonly Stage[];
  /** Steps that other programs of the image have undone since. */
  readonly repeated: readonly Step[];
}

async function earlyStepsToRun(
  options: RunOptions,
  root: Root,
  boot: string | undefined,
  warn: (message: string) => void,
): Promise<EarlySteps> {
  if (!isStageOfBoot('late', options, root)) return { missed: [], repeated: [] };
  const writers = await writersThatUndo(root, options.dryRun, warn);
  const { readReport } = await import('../report/read-report.ts');
  try {
    const early = readReport(root, 'early');
    if (early === undefined || early.boot !== boot || early.metadata.status !== 'read')
      return { missed: ['early'], repeated: [] };
    if (writers.length === 0) return { missed: [], repeated: [] };
    const { repeatedSteps } = await import('./repeated-steps.ts');
    return { missed: [], repeated: repeatedSteps(writers, early) };
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error));
    return { missed: ['early'], repeated: [] };
  }
}

/** Wait for the programs of the image that undo early steps, and return them. */
async function writersThatUndo(
  root: Root,
  isDryRun: boolean,
  warn: (message: string) => void,
): Promise<readonly OtherWriter[]> {
  try {
    const { undoingWriters } = await import('./repeated-steps.ts');
    const writers = undoingWriters(root);
    if (writers.length > 0 && !isDryRun) await waitFor(writers, warn);
    return writers;
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error));
    return [];
  }
}

async function waitFor(writers: readonly OtherWriter[], warn: (message: string) => void): Promise<void> {
  const { haveEnded } = await import('./wait-for-writers.ts');
  if (await haveEnded(writers)) return;
  const [first] = writers;
  warn(
    `${first?.path} has not ended yet: what it writes of ${first?.writes.join(', ')} may be wrong in this boot`,
  );
}

function chosen(stages: readonly Stage[], named: readonly string[]): readonly Step[] {
  return allSteps.filter((step) =>
    named.length > 0 ? named.includes(step.name) : stages.includes(step.stage),
  );
}
