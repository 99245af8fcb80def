import type { KeptReport } from '../report/schema.ts';
import type { Stage } from '../system/boot.ts';
import type { Running } from '../system/what-runs.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** The remedy where a run by hand put right what a stage of the boot did not. */
const again = 'nothing for this boot; reboot to see whether it happens again';

/**
 * How a stage of the last boot ended, and whether that was this boot. `runs` are the runs by hand since then, the
 * newest first: what they put right is told, and wrong no more.
 */
export function checkLastBoot(
  stage: Stage,
  report: KeptReport | undefined,
  boot: string | undefined,
  runs: readonly KeptReport[] = [],
): Finding {
  const remedied = (text: string, since: KeptReport) =>
    note('last boot', `${text}; a run by hand at ${since.started} did it`, again);
  if (report === undefined)
    return wrong('last boot', `the ${stage} stage has never run`, `lx-agent run --stage ${stage}`);
  const whole = runs.find(
    (run) => run.named === undefined && run.stages.includes(stage) && run.metadata.status === 'read',
  );
  if (boot !== undefined && report.boot !== undefined && report.boot !== boot) {
    const text = `the ${stage} stage did not run in this boot, but last at ${report.started}`;
    if (whole !== undefined && whole.boot === boot) return remedied(text, whole);
    return wrong('last boot', text, `see how init's unit ended; lx-agent run --stage ${stage}`);
  }
  if (report.metadata.status === 'unavailable') {
    const text = `the ${stage} stage had no metadata`;
    if (whole !== undefined && failedSteps(whole, stage).length === 0) return remedied(text, whole);
    return wrong('last boot', text, `lx-agent run --stage ${stage}`);
  }
  const failed = failedSteps(report, stage);
  if (failed.length === 0) return ok('last boot', `the ${stage} stage went well`);
  const text = `in the ${stage} stage failed: ${failed.join(', ')}`;
  const well = (name: string) =>
    runs
      .flatMap((run) => run.steps.map((step) => ({ step, run })))
      .find(({ step }) => step.name === name && step.result !== 'skipped');
  const latest = failed.map(well);
  const [first] = latest;
  if (first !== undefined && latest.every((one) => one !== undefined && one.step.result !== 'failed'))
    return remedied(text, first.run);
  return wrong('last boot', text, 'lx-agent status says why, and what to do');
}

/**
 * A stage that is at work now has left no report of this boot yet, and nothing is wrong with that. Undefined where nothing
 * of the stage runs.
 */
export function checkRunning(stage: Stage, running: readonly Running[]): Finding | undefined {
  const [first] = running.filter(({ what }) => stageOf(what) === stage);
  if (first === undefined) return undefined;
  const text = `the ${first.what} runs now, as process ${first.pid} since ${first.since}`;
  return note('last boot', text, 'lx-agent status --wait waits for its end');
}

/** Scripts are named for their step or their folder. */
function stageOf(what: string): Stage {
  return what === 'operator-script' || what.startsWith('early.d/') ? 'early' : 'late';
}

/** How the last run by hand since the boot ended; nothing where it went well or there was none. */
export function checkLastRun(runs: readonly KeptReport[]): Finding[] {
  const [last] = runs;
  if (last === undefined || last.exit === 0) return [];
  const what = last.named === undefined ? 'the last run by hand' : `lx-agent run ${last.named.join(' ')}`;
  // It changed nothing, and whether the metadata can be read now is said elsewhere.
  if (last.metadata.status === 'unavailable')
    return [note('last run', `${what}, at ${last.started}, had no metadata`)];
  const failed = last.steps.filter(({ result }) => result === 'failed').map(({ name }) => name);
  return [
    wrong(
      'last run',
      `${what}, at ${last.started}, failed: ${failed.join(', ')}`,
      'lx-agent status says why, and what to do',
    ),
  ];
}

function failedSteps(report: KeptReport, stage: Stage): string[] {
  return report.steps
    .filter((step) => step.result === 'failed' && step.stage === stage)
    .map(({ name }) => name);
}
