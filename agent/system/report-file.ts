import type { Report } from '../report.ts';
import type { Stage } from '../steps/step.ts';
import type { Root } from './root.ts';
import { stateFolder } from './state.ts';

/** Where the report of a stage's last run is. */
export function reportPath(stage: Stage): string {
  return `${stateFolder}/report-${stage}.json`;
}

/**
 * Leave a run's report under each of the stages that it did. Readable by all: it holds no secret. Not for the power cut:
 * the next boot writes a new one, and each boot would wait for the disk.
 */
export function writeReport(root: Root, report: Report): void {
  if (root.entry(stateFolder) === undefined) root.makeDirectory(stateFolder, { mode: 0o755 });
  for (const stage of report.stages) {
    const own = { ...report, steps: report.steps.filter((step) => step.stage === stage) };
    root.write(reportPath(stage), `${JSON.stringify(own, null, 1)}\n`, { mode: 0o644, durable: false });
  }
}
