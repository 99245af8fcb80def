import type { KeptReport } from '../report/schema.ts';
import { between, detail, head, type Mark, remedy } from './lines.ts';
import { duration, paint, printable, type Style } from './style.ts';

/** How many runs by hand are shown. */
const most = 3;

/** The runs by hand since a boot, newest first: what was run, how it ended, and what failed. */
export function runLines(runs: readonly KeptReport[], style: Style): string[] {
  if (runs.length === 0) return [];
  const left = runs.length - most;
  return [
    paint(style, 'bold', 'runs by hand since then'),
    ...runs.slice(0, most).flatMap((run) => oneRun(run, style)),
    ...(left > 0 ? detail(`and ${left} earlier; lx-agent history shows them`, style) : []),
  ];
}

function oneRun(run: KeptReport, style: Style): string[] {
  const started = printable(style, run.started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'));
  const failed = withResult(run, 'failed');
  return [
    between(head(resultOf(run), started, whatWasRun(run), style), duration(run.milliseconds)),
    ...resultLines(run).flatMap((line) => detail(line, style)),
    ...(failed.length > 0 ? remedy(`fix this, then lx-agent run ${names(failed, ' ')}`, style) : []),
  ];
}

/** How a run ended, in one word. */
export function resultOf(run: KeptReport): Mark {
  if (run.metadata.status === 'unavailable') return 'failed';
  return (
    (['failed', 'kept', 'changed'] as const).find((result) => withResult(run, result).length > 0) ??
    'unchanged'
  );
}

/** Which steps failed, changed something or kept something; then the reason of each failure. At least one line. */
export function resultLines(run: KeptReport): string[] {
  const counts = (['failed', 'changed', 'kept'] as const).flatMap((result) => {
    const found = withResult(run, result);
    return found.length === 0 ? [] : [`${result}: ${names(found, ', ')}`];
  });
  const mute = run.metadata.status === 'unavailable' ? ['no metadata'] : [];
  return [
    [...mute, ...counts].join('; ') || 'nothing to do',
    ...withResult(run, 'failed').map(({ name, reason }) => `${name}: ${reason ?? 'no reason given'}`),
  ];
}

/** The steps that a run by hand ran. */
export function whatWasRun({ named, stages }: KeptReport): string {
  if (named !== undefined) return named.join(' ');
  return stages.length > 1 ? 'all steps' : `the ${stages.join()} stage`;
}

function withResult({ steps }: KeptReport, result: 'failed' | 'changed' | 'kept') {
  return steps.filter((step) => step.result === result);
}

function names(steps: readonly { readonly name: string }[], separator: string): string {
  return steps.map(({ name }) => name).join(separator);
}
