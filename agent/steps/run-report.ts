import type { Instance } from '../metadata/instance.ts';
import { keepKnownMetadata } from '../report/known-metadata.ts';
import type { MetadataOutcome, Report, Span, StepOutcome } from '../report/report.ts';
import { keepReport } from '../report/report-file.ts';
import type { Stage } from '../system/boot.ts';
import { sinceStart } from '../system/clock.ts';
import type { Ledger } from '../system/ledger.ts';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/root-error.ts';
import { version } from '../version.ts';
import type { Facts } from './facts.ts';
import { steps as allSteps } from './order.ts';
import type { RunOptions } from './run-options.ts';
import { isStage, type StepsToRun } from './steps-to-run.ts';

/** A run after its metadata was read. `outcomes`, `spans` and `warnings` grow while it goes on. */
export interface Run {
  readonly options: RunOptions;
  readonly root: Root;
  readonly facts: Facts;
  readonly ledger: Ledger;
  readonly toRun: StepsToRun;
  readonly instance: Instance;
  readonly metadata: MetadataOutcome;
  /** Values that hold no secret, by key. */
  readonly values: Readonly<Record<string, string>>;
  /** When the run started, as a timestamp. All reports of a run have the same one, because their file names contain it. */
  readonly started: string;
  readonly outcomes: StepOutcome[];
  readonly spans: Span[];
  readonly warnings: string[];
}

/** Close a span: it began where the one before it ended. */
export function endSpan(spans: Span[], name: string): void {
  spans.push({ name, start: spans.at(-1)?.end ?? 0, end: sinceStart() });
}

/** The report of what a run has done so far, for these stages. */
export function reportOf(run: Run, stages: readonly Stage[]): Report {
  const { options, facts, instance, metadata, outcomes } = run;
  return {
    version: 1,
    agent: version,
    ...(options.program === undefined ? {} : { program: options.program }),
    stages,
    ...(options.named.length === 0 ? {} : { named: options.named }),
    started: run.started,
    boot: facts.boot,
    instance: instance.uuid,
    hostname: instance.hostname,
    distribution: facts.distributionName,
    init: facts.initName,
    metadata,
    invalid: instance.invalid,
    warnings: run.warnings,
    steps: outcomes,
    spans: run.spans,
    milliseconds: sinceStart(),
    exit: exitStatus(metadata, outcomes),
  };
}

/** Record the instance, write the state, and keep the report. A dry run keeps nothing. */
export async function keepRun(run: Run, stages: readonly Stage[]): Promise<Report> {
  const report = reportOf(run, stages);
  const { options, root, ledger, toRun } = run;
  if (options.dryRun) return report;
  const recorded = await withWriteFaults(report, async () => {
    await recordInstance(run);
    await ledger.settle();
    if (readsAll(run)) keepKnownMetadata(root, run.values, run.started);
    return { ...report, recorded: true };
  });
  return await withWriteFaults(recorded, () =>
    keepReport(root, recorded, {
      bootStage: isStage('early', options) || isStage('late', options),
      beforeInit: options.beforeInit === true,
      madeUp: toRun.missed,
    }),
  );
}

/** A run of named steps, or of the late stage alone, asks for some of the metadata. */
function readsAll({ options: { named, stages }, metadata }: Run): boolean {
  return metadata.status === 'read' && named.length === 0 && stages.includes('early');
}

/** Write what the next run, or init, looks for. If it cannot be written, the report that is shown says so. */
export async function withWriteFaults(
  report: Report,
  write: () => Report | Promise<Report>,
): Promise<Report> {
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

/** The instance is recorded only when everything that distinguishes it from another is in place; see isClone. */
async function recordInstance({ options, instance: { uuid }, outcomes, ledger }: Run): Promise<void> {
  if (uuid === undefined || uuid === ledger.state.instance || options.named.length > 0) return;
  const hasIdentity = allSteps
    .filter(({ identity }) => identity)
    .every((step) => outcomes.some(({ name, result }) => name === step.name && result !== 'failed'));
  if (hasIdentity) await ledger.record((state) => ({ ...state, instance: uuid }));
}

function exitStatus(metadata: MetadataOutcome, outcomes: readonly StepOutcome[]): number {
  if (metadata.status === 'unavailable') return 2;
  return outcomes.some(({ result }) => result === 'failed') ? 1 : 0;
}
