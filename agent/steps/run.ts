import type { MetadataOutcome, Report, Span, StepOutcome } from '../report.ts';
import { markDoneBeforeInit } from '../system/boot-marks.ts';
import { sinceStart, timestamp } from '../system/clock.ts';
import { markLateStage } from '../system/late-mark.ts';
import { openLedger } from '../system/ledger.ts';
import { keepReport } from '../system/report-file.ts';
import { openRoot, type Root } from '../system/root.ts';
import { errorCode } from '../system/root-error.ts';
import { version } from '../version.ts';
import { gatherFacts } from './facts.ts';
import { isLateStageIdle, mayWait } from './late-stage-idle.ts';
import { steps as allSteps } from './order.ts';
import { readMetadata } from './read-metadata.ts';
import { runStep, type StepOptions, type Work } from './run-step.ts';
import type { Stage, Step } from './step.ts';

/** What a run is asked to do. */
export interface RunOptions extends StepOptions {
  readonly stages: readonly Stage[];
  /** Step names; empty for all of the stages. */
  readonly named: readonly string[];
  readonly rootDirectory: string;
  readonly socketPath: string;
  /** Where the program lies, if it is not the one that is installed in the root. */
  readonly program?: string | undefined;
  /** The platform calls, before init: what needs init waits for it, and the units learn what they need not do. */
  readonly beforeInit?: boolean;
  /** Seconds to wait for metadata, whatever the configuration says. */
  readonly patience?: number;
  /** Seconds to wait for metadata at most, where less than the configuration allows. */
  readonly metadataDeadline?: number;
  /** What the operator should hear while metadata is awaited: why, and for how many seconds at most. */
  readonly onWait?: (reason: string, deadline: number) => void;
}

/** Read the metadata, carry out the steps in order, and leave the report. The machine is touched only here. */
export async function run(options: RunOptions): Promise<Report> {
  const root = openRoot(options.rootDirectory);
  if (!isStageOfBoot('late', options, root) || options.dryRun) return await carryOutRun(options, root);
  // For `lx-agent status`, and for whoever waits for the late stage.
  const { whileLateStageRuns } = await import('./late-stage-marker.ts');
  return await whileLateStageRuns(root, () => carryOutRun(options, root));
}

async function carryOutRun(options: RunOptions, root: Root): Promise<Report> {
  const spans: Span[] = [{ name: 'process start', start: 0, end: sinceStart() }];
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const facts = gatherFacts(root, options, warn);
  const { boot, configuration } = facts;
  const ledger = openLedger(root, boot, warn);
  const stages = await withMissedEarlyStage(options, root, boot, warn);
  const steps = chosen(stages, options.named);
  const lateSteps = isStageOfBoot('early', options, root) && !options.dryRun ? chosen(['late'], []) : [];
  const filing = {
    bootStage: isStage('early', options) || isStage('late', options),
    beforeInit: options.beforeInit === true,
    madeUp: stages.filter((stage) => !options.stages.includes(stage)),
  };
  spans.push({ name: 'read state', start: lastEnd(spans), end: sinceStart() });

  // The late stage of a boot can be patient. Who asks for both sits before it.
  const configured = options.stages.includes('early')
    ? configuration.early.metadataDeadline
    : configuration.late.metadataDeadline;
  const { instance, metadata } = await readMetadata([...steps, ...lateSteps], {
    socketPath: options.socketPath,
    deadline: options.patience ?? Math.min(configured, options.metadataDeadline ?? configured),
    more: options.beforeInit === true ? ['lx-agent:boot'] : [],
    ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
  });
  const off = options.beforeInit === true && instance.platformAgentOff;
  spans.push({ name: 'metadata', start: lastEnd(spans), end: sinceStart() });

  // Once for all reports of this run: they are filed by it.
  const started = timestamp(new Date(Date.now() - sinceStart()));
  const outcomes: StepOutcome[] = [];
  const reportOf = (done: readonly Stage[]): Report => ({
    version: 1,
    agent: version,
    ...(options.program === undefined ? {} : { program: options.program }),
    stages: done,
    ...(options.named.length === 0 ? {} : { named: options.named }),
    started,
    boot,
    instance: instance.uuid,
    hostname: instance.hostname,
    distribution: facts.distributionName,
    init: facts.initName,
    metadata,
    invalid: instance.invalid,
    warnings,
    steps: outcomes,
    spans,
    milliseconds: sinceStart(),
    exit: exitStatus(metadata, outcomes),
  });
  const leave = async (done: readonly Stage[]): Promise<Report> => {
    const report = reportOf(done);
    if (options.dryRun || off) return report;
    const recorded = await keep(report, async () => {
      const { uuid } = instance;
      if (uuid !== undefined && options.named.length === 0 && isMadeItself(outcomes))
        if (ledger.state.instance !== uuid) await ledger.record((state) => ({ ...state, instance: uuid }));
      await ledger.settle();
      return { ...report, recorded: true };
    });
    return await keep(recorded, () => keepReport(root, recorded, filing));
  };
  const work: Work = { instance, systemWith: facts.systemWith, ledger, root, warn };
  const carryOut = async (some: readonly Step[]): Promise<'done' | 'interrupted'> => {
    for (const [index, step] of some.entries()) {
      // A script of the late stage may ask for the early one's report.
      if (step.stage === 'late' && some[index - 1]?.stage === 'early') await leave(['early']);
      const reason = off ? switchedOff : reasonToSkip(step, work, metadata, options);
      if (reason !== undefined) {
        const { name, stage } = step;
        outcomes.push({ name, stage, result: 'skipped', reason, milliseconds: 0, changes: [] });
        continue;
      }
      const { outcome, interrupted } = await runStep(step, work, options);
      outcomes.push(outcome);
      spans.push({ name: step.name, start: lastEnd(spans), end: sinceStart() });
      if (interrupted) return 'interrupted';
    }
    return 'done';
  };

  const ended = await carryOut(steps);
  if (off) return reportOf(stages);
  if (lateSteps.length === 0) return await leave(stages);
  const system = facts.systemWith(ledger.state);
  const idle = ended === 'done' && metadata.status === 'read' && isLateStageIdle(lateSteps, instance, system);
  if (idle) await carryOut(lateSteps);
  const report = await leave(idle ? ['early', 'late'] : stages);
  // Last of all: without its mark a stage makes up for what is missing.
  const lateIsDone = idle && report.exit === 0;
  const mark = (leaveMark: () => void) =>
    keep(report, () => {
      leaveMark();
      return report;
    });
  if (options.beforeInit !== true) return await mark(() => markLateStage(root, lateIsDone));
  const waiting = outcomes.some(({ reason }) => reason === needsInit);
  // What failed may go well once init has mounted everything. Metadata that did not come is the late stage's to wait for.
  const earlyIsDone = ended === 'done' && !waiting && report.exit !== 1;
  const done: Stage[] = [
    ...(earlyIsDone ? ['early' as const] : []),
    ...(lateIsDone ? ['late' as const] : []),
  ];
  return await mark(() => markDoneBeforeInit(root, done));
}

const needsInit = 'it waits for init, whose unit runs it';
const switchedOff = "lx-agent:boot is off: the platform's agent leaves this instance alone";

function exitStatus(metadata: MetadataOutcome, outcomes: readonly StepOutcome[]): number {
  if (metadata.status === 'unavailable') return 2;
  return outcomes.some(({ result }) => result === 'failed') ? 1 : 0;
}

/** Write what the next run, or init, is to find. Where it cannot be written, the report that is shown says so. */
async function keep(report: Report, write: () => Report | Promise<Report>): Promise<Report> {
  try {
    return await write();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return {
      ...report,
      warnings: [...report.warnings, error instanceof Error ? error.message : String(error)],
      exit: report.exit === 0 ? 1 : report.exit,
    };
  }
}

/** Whether a run is what init calls for a stage: that one alone, whole. */
function isStage(stage: Stage, { stages, named }: RunOptions): boolean {
  return stages.join() === stage && named.length === 0;
}

/** The same on the running system. */
function isStageOfBoot(stage: Stage, options: RunOptions, root: Root): boolean {
  return isStage(stage, options) && root.live;
}

/** Whether this run put all in place that tells one instance from another. */
function isMadeItself(outcomes: readonly StepOutcome[]): boolean {
  return allSteps
    .filter(({ identity }) => identity)
    .every((step) => outcomes.some(({ name, result }) => name === step.name && result !== 'failed'));
}

/** The late stage does the early one's work first when that did not get its metadata in this boot. */
async function withMissedEarlyStage(
  options: RunOptions,
  root: Root,
  boot: string | undefined,
  warn: (message: string) => void,
): Promise<readonly Stage[]> {
  if (!isStageOfBoot('late', options, root)) return options.stages;
  const { readReport } = await import('../system/read-report.ts');
  try {
    const early = readReport(root, 'early');
    if (early !== undefined && early.boot === boot && early.metadata.status === 'read') return options.stages;
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error));
  }
  return ['early', 'late'];
}

function chosen(stages: readonly Stage[], named: readonly string[]): readonly Step[] {
  return allSteps.filter((step) =>
    named.length > 0 ? named.includes(step.name) : stages.includes(step.stage),
  );
}

function reasonToSkip(
  step: Step,
  { instance, systemWith, ledger }: Work,
  metadata: MetadataOutcome,
  options: RunOptions,
): string | undefined {
  const system = systemWith(ledger.state);
  if (system.configuration.stepsOff.has(step.name) && !options.named.includes(step.name))
    return 'switched off in /etc/lx-agent.ini';
  if (options.beforeInit === true && step.needsInit === true && step.waits !== undefined)
    if (mayWait(step, instance, system)) return needsInit;
  if (metadata.status === 'unavailable' && step.offline !== true) return 'the metadata could not be read';
  return undefined;
}

function lastEnd(spans: readonly Span[]): number {
  return spans.at(-1)?.end ?? 0;
}
