import { readBoots, readRuns } from '../report/read-report.ts';
import type { Root } from '../system/root.ts';
import { type Run, runsOf } from './runs.ts';

/** Every run on record, of boots and by hand, the newest first. `warn` is told of each report that cannot be read. */
export function pastRuns(root: Root, warn: (fault: string) => void): readonly Run[] {
  const ofBoots = readBoots(root, warn).flatMap((boot) => [
    ...runsOf(boot.early, boot.late),
    ...boot.attempts.map((report) => ({ report, stages: report.stages })),
  ]);
  const byHand = readRuns(root, warn).map((report) => ({ report, stages: report.stages }));
  // A whole run by hand stands in for a boot where none is on record: it is told of once.
  return [...ofBoots.filter(({ report }) => report.kind !== 'run'), ...byHand].sort((one, other) =>
    one.report.started < other.report.started ? 1 : -1,
  );
}
