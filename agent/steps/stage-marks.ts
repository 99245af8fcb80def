import type { Report } from '../report/report.ts';
import type { Stage } from '../system/boot.ts';
import { markDoneBeforeInit, markLateStage } from '../system/boot-marks.ts';
import { needsInit } from './reason-to-skip.ts';
import { type Run, withWriteFaults } from './run-report.ts';

/** How far the early stage of a boot got. */
export interface Progress {
  /** Every early step began: the agent was not told to stop. */
  readonly complete: boolean;
  /** The late steps had nothing to do, and were carried out too. */
  readonly idle: boolean;
}

/**
 * Write the marks that tell the units what they need not do. This comes last: a stage without its mark does whatever is
 * missing. Returns the report, with a warning if the marks could not be written.
 */
export async function markStages(run: Run, report: Report, { complete, idle }: Progress): Promise<Report> {
  const { root, options, outcomes } = run;
  const lateIsDone = idle && report.exit === 0;
  return await withWriteFaults(report, () => {
    if (options.beforeInit === true) {
      const waiting = outcomes.some(({ reason }) => reason === needsInit);
      // A failed step may succeed once init has mounted everything. The late stage waits for metadata that did not come.
      const earlyIsDone = complete && !waiting && report.exit !== 1;
      const done: readonly Stage[] = [
        ...(earlyIsDone ? ['early' as const] : []),
        ...(lateIsDone ? ['late' as const] : []),
      ];
      markDoneBeforeInit(root, done);
    } else {
      markLateStage(root, lateIsDone);
    }
    return report;
  });
}
