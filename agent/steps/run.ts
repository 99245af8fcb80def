import type { Report, Span } from '../report/report.ts';
import { sinceStart, timestamp } from '../system/clock.ts';
import type { Configuration } from '../system/configuration.ts';
import { openLedger } from '../system/ledger.ts';
import { openRoot } from '../system/open-root.ts';
import type { Root } from '../system/root.ts';
import { gatherFacts } from './facts.ts';
import { isLateStageIdle } from './late-stage-idle.ts';
import { type MetadataSource, readMetadata } from './read-metadata.ts';
import { isSwitchedOff, reasonToSkip } from './reason-to-skip.ts';
import type { RunOptions } from './run-options.ts';
import { endSpan, keepRun, type Run, reportOf } from './run-report.ts';
import { runStep } from './run-step.ts';
import { markStages } from './stage-marks.ts';
import type { Step } from './step.ts';
import { isStageOfBoot, stepsToRun } from './steps-to-run.ts';
import { undoable } from './undoable-steps.ts';

/** Gather the facts, read the metadata, carry out the steps in order, and keep the report. */
export async function run(options: RunOptions): Promise<Report> {
  const root = openRoot(options.rootDirectory);
  if (options.dryRun || !isStageOfBoot('late', options, root)) return await runSteps(options, root);
  // `lx-agent status` shows that the late stage is running, and scripts can wait for it.
  const { whileLateStageRuns } = await import('./late-stage-lock.ts');
  return await whileLateStageRuns(root, () => runSteps(options, root));
}

async function runSteps(options: RunOptions, root: Root): Promise<Report> {
  const run = await begin(options, root);
  const { toRun, metadata, instance, facts, ledger } = run;
  const ended = await carryOut(toRun.steps, run);
  if (isSwitchedOff(run)) return reportOf(run, toRun.stages);
  if (toRun.lateSteps.length === 0) return await keepRun(run, toRun.stages);

  const complete = ended === 'done';
  const system = facts.systemWith(ledger.state);
  const idle =
    complete &&
    metadata.status === 'read' &&
    isLateStageIdle(toRun.lateSteps, instance, system) &&
    !(await isToBeRepeated(run));
  if (idle) await carryOut(toRun.lateSteps, run);
  const report = await keepRun(run, idle ? ['early', 'late'] : toRun.stages);
  return await markStages(run, report, { complete, idle });
}

/**
 * Whether other programs of the image undo early steps after this stage, so that the late stage has to repeat them. It
 * searches only if such a step had something to change: an unchanged boot shows that nothing undoes its steps.
 */
async function isToBeRepeated({ outcomes, root, warnings }: Run): Promise<boolean> {
  if (
    !outcomes.some(
      ({ name, result }) => result === 'changed' && undoable.some(({ step }) => step.name === name),
    )
  )
    return false;
  const { undoingWriters } = await import('./repeated-steps.ts');
  try {
    return undoingWriters(root).length > 0;
  } catch (error) {
    warnings.push(error instanceof Error ? error.message : String(error));
    return true;
  }
}

/** What a run knows before its first step. */
async function begin(options: RunOptions, root: Root): Promise<Run> {
  const spans: Span[] = [{ name: 'process start', start: 0, end: sinceStart() }];
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const facts = gatherFacts(root, options, warn);
  const ledger = openLedger(root, facts.boot, warn);
  const toRun = await stepsToRun(options, root, facts.boot, warn);
  endSpan(spans, 'read state');
  const source = metadataSource(options, facts.configuration);
  const { instance, metadata, values } = await readMetadata([...toRun.steps, ...toRun.lateSteps], source);
  endSpan(spans, 'metadata');
  const started = timestamp(new Date(Date.now() - sinceStart()));
  return {
    options,
    root,
    facts,
    ledger,
    toRun,
    instance,
    metadata,
    values,
    started,
    outcomes: [],
    spans,
    warnings,
  };
}

/** The late stage of a boot can wait long. An operator who runs both stages waits at the terminal. */
function metadataSource(options: RunOptions, { early, late }: Configuration): MetadataSource {
  const configured = (options.stages.includes('early') ? early : late).metadataDeadline;
  return {
    socketPath: options.socketPath,
    deadline: options.patience ?? Math.min(configured, options.metadataDeadline ?? configured),
    more: options.beforeInit === true ? ['lx-agent:boot'] : [],
    ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
  };
}

/** Carry out steps one after the other; a step that fails does not stop the next. */
async function carryOut(steps: readonly Step[], run: Run): Promise<'done' | 'interrupted'> {
  const { options, instance, facts, ledger, root, outcomes, spans, warnings } = run;
  const warn = (message: string) => warnings.push(message);
  const work = { instance, systemWith: facts.systemWith, ledger, root, warn };
  for (const [index, step] of steps.entries()) {
    // A script of the late stage may ask for the early stage's report.
    if (step.stage === 'late' && steps[index - 1]?.stage === 'early') await keepRun(run, ['early']);
    const reason = reasonToSkip(step, run);
    if (reason !== undefined) {
      const { name, stage } = step;
      outcomes.push({ name, stage, result: 'skipped', reason, milliseconds: 0, changes: [] });
      continue;
    }
    const { outcome, interrupted } = await runStep(step, work, options);
    outcomes.push(outcome);
    endSpan(spans, step.name);
    if (interrupted) return 'interrupted';
  }
  return 'done';
}
