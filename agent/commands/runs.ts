import type { KeptReport } from '../report/schema.ts';
import type { Stage } from '../system/boot.ts';

/** What one run did, of the stages whose reports tell of it. */
export interface Run {
  readonly report: KeptReport;
  readonly stages: readonly Stage[];
}

/** The runs that the reports of both stages tell of: a single one, with the steps of both, where it did both. */
export function runsOf(early: KeptReport | undefined, late: KeptReport | undefined): readonly Run[] {
  if (early !== undefined && late !== undefined && early.started === late.started)
    return [{ report: { ...early, steps: [...early.steps, ...late.steps] }, stages: ['early', 'late'] }];
  return [
    ...(early === undefined ? [] : [{ report: early, stages: ['early'] } as const]),
    ...(late === undefined ? [] : [{ report: late, stages: ['late'] } as const]),
  ];
}
