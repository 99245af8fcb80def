import type { KeptReport, KeptStep } from '../report-schema.ts';
import { between, detail, head, joined, nameColumn, notice, remedy } from './lines.ts';
import { duration, paint, printable, type Style } from './style.ts';
import { columns, wrap } from './wrap.ts';

type Stage = KeptStep['stage'];

/** A whole report for a person: which machine, then what each stage did. At most 80 columns, ends with a line feed. */
export function renderReport(report: KeptReport, style: Style): string {
  return joined([
    machineLines(report, style),
    ...report.stages.map((stage) => stageLines(report, stage, style)),
    noticeLines([report], style),
  ]);
}

/** Who this is: name, instance, distribution, and the agent that says so. */
export function machineLines(report: KeptReport, style: Style): string[] {
  const name = report.hostname ?? 'an instance whose name is not known';
  const instance = report.instance === undefined ? '' : ` (${report.instance})`;
  return [
    `${paint(style, 'bold', printable(style, name))}${printable(style, instance)}`,
    ...wrap(printable(style, `${report.distribution}, ${report.init}; lx-agent ${report.agent}`), columns),
  ];
}

/** What a stage did, step by step; the metadata is told of with the first stage of a run. */
export function stageLines(report: KeptReport, stage: Stage, style: Style): string[] {
  const steps = report.steps.filter((step) => step.stage === stage);
  return [
    ...stageTitle(report, stage, steps, style),
    ...(stage === report.stages[0] ? metadataLines(report.metadata, style) : []),
    ...foldSkipped(steps).flatMap((step) => stepLines(step, style)),
  ];
}

/** What is wrong with the metadata's values, and other warnings, each once. */
export function noticeLines(reports: readonly KeptReport[], style: Style): string[] {
  const notices = reports.flatMap(({ invalid, warnings }) => [
    ...invalid.map(({ key, reason }) => `metadata key ${key}: ${reason}`),
    ...warnings,
  ]);
  if (notices.length === 0) return [];
  return [paint(style, 'bold', 'warnings'), ...[...new Set(notices)].flatMap((text) => notice(text, style))];
}

function stageTitle(report: KeptReport, stage: Stage, steps: readonly KeptStep[], style: Style): string[] {
  const started = report.started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  const results = ['failed', 'kept', 'changed', 'listed', 'unchanged', 'skipped'] as const;
  const counts = results
    .map((result) => ({ result, count: steps.filter((step) => step.result === result).length }))
    .filter(({ count }) => count > 0)
    .map(({ result, count }) => `${count} ${result}`);
  const spent = report.stages.length > 1 ? sum(steps.map((step) => step.milliseconds)) : report.milliseconds;
  const left = `${stage} stage, ${printable(style, started)}`;
  const title = between(left, duration(spent));
  return [paint(style, 'bold', title), `  ${counts.join(', ') || 'no steps were run'}`];
}

function metadataLines(metadata: KeptReport['metadata'], style: Style): string[] {
  const time = duration(metadata.milliseconds);
  if (metadata.status === 'read')
    return [
      between(
        head('unchanged', 'metadata', `${metadata.keys.length} keys by ${metadata.protocol}`, style),
        time,
      ),
    ];
  return [
    between(head('failed', 'metadata', 'unavailable', style), time),
    ...detail(`${metadata.socket}: ${metadata.reason}`, style),
    ...remedy('see lx-agent doctor; then lx-agent run', style),
  ];
}

/** Three or more steps in a row that were skipped for one reason are one line. */
function foldSkipped(steps: readonly KeptStep[]): KeptStep[] {
  const runs: KeptStep[][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    const [first] = run ?? [];
    if (step.result === 'skipped' && first?.result === 'skipped' && first.reason === step.reason)
      run?.push(step);
    else runs.push([step]);
  }
  return runs.flatMap((run) => {
    const [first] = run;
    if (first === undefined || run.length < 3) return run;
    const names = run.map(({ name }) => name).join(', ');
    return [
      { ...first, name: `${run.length} steps`, reason: `${first.reason ?? 'no reason given'}: ${names}` },
    ];
  });
}

function stepLines(step: KeptStep, style: Style): string[] {
  const changes = step.changes.filter(({ result }) => result !== 'unchanged');
  const short = step.result === 'skipped' && step.reason !== undefined && fits(step.reason);
  const said = new Set([step.reason]);
  return [
    between(
      head(step.result, step.name, short ? `skipped: ${step.reason}` : step.result, style),
      step.result === 'skipped' ? '' : duration(step.milliseconds),
    ),
    ...(short || step.reason === undefined ? [] : detail(step.reason, style)),
    ...changes.flatMap(({ what, why, result, reason }) => {
      const mark = result === step.result ? '' : `${result}: `;
      return detail(`${mark}${what}: ${reason !== undefined && !said.has(reason) ? reason : why}`, style);
    }),
    ...(step.remedy === undefined ? [] : remedy(step.remedy, style)),
  ];
}

function fits(reason: string): boolean {
  return reason.length <= columns - nameColumn - 'skipped: '.length - 5;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
