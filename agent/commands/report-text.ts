import type { KeptReport, KeptStep } from '../report-schema.ts';
import { type Colour, duration, paint, printable, type Style } from './style.ts';
import { columns, wrap } from './wrap.ts';

type Result = KeptStep['result'];
type Stage = KeptStep['stage'];

const looks: Readonly<Record<Result, { unicode: string; ascii: string; colour: Colour }>> = {
  changed: { unicode: '✓', ascii: '+', colour: 'green' },
  unchanged: { unicode: '·', ascii: '.', colour: 'dim' },
  kept: { unicode: '!', ascii: '!', colour: 'yellow' },
  skipped: { unicode: '-', ascii: '-', colour: 'dim' },
  listed: { unicode: '→', ascii: '>', colour: 'cyan' },
  failed: { unicode: '✗', ascii: 'x', colour: 'red' },
};
const nameColumn = 22;

/** A whole report for a person: which machine, then what each stage did. At most 80 columns, ends with a line feed. */
export function renderReport(report: KeptReport, style: Style): string {
  return joined([
    machineLines(report, style),
    ...report.stages.map((stage) => stageLines(report, stage, style)),
    noticeLines([report], style),
  ]);
}

/** Sections as text, an empty line between them; empty ones are left out. */
export function joined(sections: readonly (readonly string[])[]): string {
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
    .join('\n');
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

/** `  ✓ hostname              changed`: the mark, the name in its column, and what follows. */
function head(result: Result, name: string, text: string, style: Style): string {
  const look = looks[result];
  const mark = paint(style, look.colour, style.unicode ? look.unicode : look.ascii);
  return `  ${mark} ${printable(style, name).padEnd(nameColumn)} ${paint(style, look.colour, printable(style, text))}`;
}

function fits(reason: string): boolean {
  return reason.length <= columns - nameColumn - 'skipped: '.length - 5;
}

function detail(text: string, style: Style): string[] {
  return wrap(printable(style, text), columns - 8).map(
    (line, index) => `${index === 0 ? '      ' : '        '}${line}`,
  );
}

function remedy(text: string, style: Style): string[] {
  return detail(`to do: ${text}`, style).map((line) => paint(style, 'cyan', line));
}

function notice(text: string, style: Style): string[] {
  return wrap(printable(style, text), columns - 4).map((line, index) =>
    index === 0 ? `  ${paint(style, 'yellow', '!')} ${line}` : `    ${line}`,
  );
}

/** Left and right on one line of 80 columns; colours take no room. */
function between(left: string, right: string): string {
  if (right === '') return left;
  const room = columns - visibleLength(left) - right.length;
  return `${left}${' '.repeat(Math.max(1, room))}${right}`;
}

function visibleLength(text: string): number {
  return text.replace(/\u001b\[\d+m/g, '').length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
