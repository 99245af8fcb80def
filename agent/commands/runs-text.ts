import type { KeptReport } from '../report-schema.ts';
import { between, detail, head, type Mark, remedy } from './lines.ts';
import { duration, paint, printable, type Style } from './style.ts';

/** How many runs by hand are shown. */
const most = 3;

/** The runs by hand since a boot, the newest first: what was run, how it ended, and what failed. */
export function runLines(runs: readonly KeptReport[], style: Style): string[] {
  if (runs.length === 0) return [];
  const left = runs.length - most;
  return [
    paint(style, 'bold', 'runs by hand since then'),
    ...runs.slice(0, most).flatMap((run) => oneRun(run, style)),
    ...(left > 0 ? detail(`and ${left} before`, style) : []),
  ];
}

function oneRun(run: KeptReport, style: Style): string[] {
  const started = printable(style, run.started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'));
  const failed = run.steps.filter(({ result }) => result === 'failed');
  const mute = run.metadata.status === 'unavailable';
  const changed = run.steps.filter(({ result }) => result === 'changed');
  const result: Mark = mute || failed.length > 0 ? 'failed' : changed.length > 0 ? 'changed' : 'unchanged';
  const counts = [
    ...(mute ? ['no metadata'] : []),
    ...(failed.length > 0 ? [`failed: ${names(failed)}`] : []),
    ...(changed.length > 0 ? [`changed: ${names(changed)}`] : []),
  ];
  return [
    between(head(result, started, whatWasRun(run), style), duration(run.milliseconds)),
    ...detail(counts.join('; ') || 'nothing to do', style),
    ...failed.flatMap(({ name, reason }) => detail(`${name}: ${reason ?? 'no reason given'}`, style)),
    ...(failed.length > 0
      ? remedy(`mend that, then lx-agent run ${failed.map(({ name }) => name).join(' ')}`, style)
      : []),
  ];
}

function whatWasRun({ named, stages }: KeptReport): string {
  if (named !== undefined) return named.join(' ');
  return stages.length > 1 ? 'all steps' : `the ${stages.join()} stage`;
}

function names(steps: readonly { readonly name: string }[]): string {
  return steps.map(({ name }) => name).join(', ');
}
