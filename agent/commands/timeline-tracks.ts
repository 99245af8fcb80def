import type { KeptReport } from '../report-schema.ts';
import type { Stage } from '../steps/step.ts';
import type { UnitTimes } from '../system/systemd-units.ts';

/** What `timeline` draws: rows of bars over one stretch of time. */
export interface Track {
  readonly title: string;
  /** The length of the whole stretch, in milliseconds. */
  readonly milliseconds: number;
  readonly bars: readonly Bar[];
}

/** One thing that took time, in milliseconds from the start of its track. */
export interface Bar {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly kind: BarKind;
}

/** What a bar is about: the program itself, waiting for metadata, a step by its result, a unit of the init system. */
export type BarKind = 'program' | 'metadata' | 'step' | 'failed' | 'unit' | 'own unit';

/** One run of the agent, from process start to exit, as a track. */
export function runTrack(report: KeptReport, stages: readonly Stage[]): Track {
  const failed = new Set(report.steps.filter(({ result }) => result === 'failed').map(({ name }) => name));
  const steps = new Set(report.steps.map(({ name }) => name));
  const kindOf = (name: string): BarKind =>
    failed.has(name) ? 'failed' : steps.has(name) ? 'step' : name === 'metadata' ? 'metadata' : 'program';
  const bars = report.spans
    .map((span) => ({ ...span, kind: kindOf(span.name) }))
    .flatMap((bar) => (bar.kind === 'metadata' ? exchangeBars(bar, report.metadata) : [bar]));
  const last = Math.max(0, ...bars.map(({ end }) => end));
  const rest: Bar = { name: 'report and exit', start: last, end: report.milliseconds, kind: 'program' };
  const started = report.started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  return {
    title: `${stages.join(' and ')} stage, ${report.kind === 'before init' ? 'before init, ' : ''}${started}`,
    milliseconds: Math.max(last, report.milliseconds),
    bars: rest.end > rest.start ? [...bars, rest] : bars,
  };
}

/** The exchange with the metadata server in its two parts. */
function exchangeBars(bar: Bar, metadata: KeptReport['metadata']): Bar[] {
  if (metadata.status !== 'read') return [{ ...bar, name: 'metadata (in vain)', kind: 'failed' }];
  const connected = Math.min(bar.end, bar.start + metadata.connectMilliseconds);
  return [
    { ...bar, name: 'connect', end: connected },
    { ...bar, name: 'metadata', start: connected },
  ];
}

/** How many units are shown beside the agent's own. */
const unitLimit = 15;

/**
 * The units that were starting while the agent's early unit was, or shortly before and after: the longest of them,
 * in the order in which they began. Undefined when the agent's units did not start.
 */
export function unitTrack(units: readonly UnitTimes[]): Track | undefined {
  const isOwn = ({ name }: UnitTimes) => name.startsWith('lx-agent');
  const own = units.filter(isOwn).sort((one, other) => one.start - other.start);
  const [early] = own;
  if (early === undefined) return undefined;
  const from = early.start - 500;
  const to = early.end + 1000;
  const around = units
    .filter((unit) => !isOwn(unit) && unit.end >= from && unit.start <= to)
    .sort((one, other) => other.end - other.start - (one.end - one.start))
    .slice(0, unitLimit);
  const shown = [...own, ...around].sort((one, other) => one.start - other.start || one.end - other.end);
  const first = Math.min(...shown.map(({ start }) => start));
  const bars = shown.map((unit) => ({
    name: unit.name,
    start: unit.start - first,
    end: unit.end - first,
    kind: isOwn(unit) ? ('own unit' as const) : ('unit' as const),
  }));
  return {
    title: `units, from ${(first / 1000).toFixed(1)} s after systemd started`,
    milliseconds: Math.max(...bars.map(({ end }) => end)),
    bars,
  };
}
