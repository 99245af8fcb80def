import type { KeptReport, KeptStep } from '../report-schema.ts';
import { type Colour, duration, paint, printable, type Style } from './style.ts';
import { columns, wrap } from './wrap.ts';

type Result = KeptStep['result'];
type Stage = KeptStep['stage'];

const looks: Readonly<Record<Result | 'listed', { unicode: string; ascii: string; colour: Colour }>> = {
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
  return [...machineLines(report, style), '', ...stageLines(report, style)]
    .map((line) => `${line}\n`)
    .join('');
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

/** What a run did: its stages with their steps, then what is wrong with the metadata, warnings, and the verdict. */
export function stageLines(report: KeptReport, style: Style): string[] {
  const stages = report.stages.flatMap((stage, index) => {
    const steps = report.steps.filter((step) => step.stage === stage);
    return [
      ...(index === 0 ? [] : ['']),
      ...stageTitle(report, stage, steps, style),
      ...(index === 0 ? metadataLines(report.metadata, style) : []),
      ...steps.flatMap((step) => stepLines(step, style)),
    ];
  });
  const invalid = report.invalid.flatMap(({ key, reason }) =>
    notice(`metadata key ${key}: ${reason}`, style),
  );
  return [...stages, ...invalid, ...report.warnings.flatMap((warning) => notice(warning, style))];
}

function stageTitle(report: KeptReport, stage: Stage, steps: readonly KeptStep[], style: Style): string[] {
  const started = report.started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  const results = ['failed', 'kept', 'changed', 'unchanged', 'skipped'] as const;
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
