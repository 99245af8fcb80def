import { between, detail, head, joined } from './lines.ts';
import type { Run } from './runs.ts';
import { resultLines, resultOf, whatWasRun } from './runs-text.ts';
import { duration, paint, printable, type Style } from './style.ts';

/** Runs as lines, in the given order: when, what, how long, and which steps changed something, kept something or failed. */
export function renderHistory(runs: readonly Run[], style: Style): string {
  return joined([
    [paint(style, 'bold', 'runs on record, the newest first')],
    runs.flatMap((run) => oneRun(run, style)),
  ]);
}

function oneRun({ report, stages }: Run, style: Style): string[] {
  const started = printable(style, report.started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'));
  return [
    between(head(resultOf(report), started, what({ report, stages }), style), duration(report.milliseconds)),
    ...resultLines(report).flatMap((line) => detail(line, style)),
  ];
}

function what({ report, stages }: Run): string {
  if (report.kind !== 'run')
    return `${report.kind === 'before init' ? 'before init' : 'boot'}, ${stages.join(' and ')} stage`;
  return `by hand, ${whatWasRun(report)}`;
}
