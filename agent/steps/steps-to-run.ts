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
  /** The stages that this run carries out in place of a run that failed to. */
  readonly missed: readonly Stage[];
}

/** Choose the steps; `warn` is told if the report of the early stage cannot be read. */
export async function stepsToRun(
  options: RunOptions,
  root: Root,
  boot: string | undefined,
  warn: (message: string) => void,
): Promise<StepsToRun> {
  const missed: readonly Stage[] = (await isEarlyStageMissing(options, root, boot, warn)) ? ['early'] : [];
  const stages = [...missed, ...options.stages];
  const withLateSteps = isStageOfBoot('early', options, root) && !options.dryRun;
  return {
    stages,
    steps: chosen(stages, options.named),
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

/** The late stage carries out the early steps first if the early stage of this boot did not get its metadata. */
async function isEarlyStageMissing(
  options: RunOptions,
  root: Root,
  boot: string | undefined,
  warn: (message: string) => void,
): Promise<boolean> {
  if (!isStageOfBoot('late', options, root)) return false;
  const { readReport } = await import('../report/read-report.ts');
  try {
    const early = readReport(root, 'early');
    return early === undefined || early.boot !== boot || early.metadata.status !== 'read';
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error));
    return true;
  }
}

function chosen(stages: readonly Stage[], named: readonly string[]): readonly Step[] {
  return allSteps.filter((step) =>
    named.length > 0 ? named.includes(step.name) : stages.includes(step.stage),
  );
}
