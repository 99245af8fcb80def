import { readBoots, readRuns } from '../report/read-report.ts';
import type { Root } from '../system/root.ts';
import { type Run, runsOf } from './runs.ts';

/** Every recorded run, of boots and by hand, newest first. `warn` is called for each report that cannot be read. */
export function pastRuns(root: Root, warn: (fault: string) => void): readonly Run[] {
  const ofBoots = readBoots(root, warn).flatMap((boot) => [
    ...runsOf(boot.early, boot.late),
    ...boot.attempts.map((report) => ({ report, stages: report.stages })),
  ]);
  const byHand = readRuns(root, warn).map((report) => ({ report, stages: report.stages }));
  // If no boot is on record, readBoots returns a whole run by hand in its place. Do not list that run twice.
  return [...ofBoots.filter(({ report }) => report.kind !== 'run'), ...byHand].sort((one, other) =>
    one.report.started < other.report.started ? 1 : -1,
  );
}
