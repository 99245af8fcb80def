import type { KeptReport } from '../report-schema.ts';
import type { Stage } from '../steps/step.ts';
import { type Finding, ok, wrong } from './finding.ts';

/** How a stage ended when it last ran, and whether that was in this boot. */
export function checkLastBoot(
  stage: Stage,
  report: KeptReport | undefined,
  boot: string | undefined,
): Finding {
  if (report === undefined)
    return wrong('last boot', `the ${stage} stage has never run`, `lx-agent run --stage ${stage}`);
  if (boot !== undefined && report.boot !== undefined && report.boot !== boot)
    return wrong(
      'last boot',
      `the ${stage} stage did not run in this boot, but last at ${report.started}`,
      `see how init's unit ended; lx-agent run --stage ${stage}`,
    );
  if (report.metadata.status === 'unavailable')
    return wrong('last boot', `the ${stage} stage had no metadata`, `lx-agent run --stage ${stage}`);
  const failed = report.steps.filter((step) => step.result === 'failed' && step.stage === stage);
  if (failed.length > 0)
    return wrong(
      'last boot',
      `in the ${stage} stage failed: ${failed.map(({ name }) => name).join(', ')}`,
      'lx-agent status says why, and what to do',
    );
  return ok('last boot', `the ${stage} stage went well`);
}
