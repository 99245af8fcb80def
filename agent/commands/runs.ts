import type { KeptReport } from '../report/schema.ts';
import type { Stage } from '../system/boot.ts';

/** One run, and the stages that it ran. */
export interface Run {
  readonly report: KeptReport;
  readonly stages: readonly Stage[];
}

/** The runs that made the reports of the two stages. If one run made both, it is one run with the steps of both. */
export function runsOf(early: KeptReport | undefined, late: KeptReport | undefined): readonly Run[] {
  if (early !== undefined && late !== undefined && early.started === late.started)
    return [{ report: { ...early, steps: [...early.steps, ...late.steps] }, stages: ['early', 'late'] }];
  return [
    ...(early === undefined ? [] : [{ report: early, stages: ['early'] } as const]),
    ...(late === undefined ? [] : [{ report: late, stages: ['late'] } as const]),
  ];
}
