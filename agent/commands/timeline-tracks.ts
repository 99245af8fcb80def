import type { KeptReport } from '../report/schema.ts';
import type { Stage } from '../system/boot.ts';
import type { UnitTimes } from '../system/systemd-units.ts';

/** A group of bars in a timeline. All tracks share one axis. */
export interface Track {
  readonly title: string;
  /** Where on the axis the track begins, in milliseconds. */
  readonly offset: number;
  /** The length of the track, in milliseconds. */
  readonly milliseconds: number;
  readonly bars: readonly Bar[];
}

/** One thing that took time; times are in milliseconds from the start of its track. */
export interface Bar {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly kind: BarKind;
}

/** What a bar shows: a step by its result, the wait for metadata, the program itself, or a unit of the init system. */
const barKinds = ['changed', 'unchanged', 'failed', 'metadata', 'program', 'own unit', 'unit'] as const;
export type BarKind = (typeof barKinds)[number];

/** The name of each kind in a legend. */
export const kindNames: Readonly<Record<BarKind, string>> = {
  changed: 'step that changed something',
  unchanged: 'step that did not',
  failed: 'failed',
  metadata: 'metadata',
  program: 'program',
  'own unit': 'unit of the agent',
  unit: 'other unit',
};

/** The kinds that occur in the tracks, in the order of the legend. */
export function kindsIn(tracks: readonly Track[]): readonly BarKind[] {
  const found = new Set(tracks.flatMap(({ bars }) => bars.map(({ kind }) => kind)));
  return barKinds.filter((kind) => found.has(kind));
}

/** Where the axis ends, in milliseconds. */
export function axisLength(tracks: readonly Track[]): number {
  return Math.max(0, ...tracks.map(({ offset, milliseconds }) => offset + milliseconds));
}

/** When a run began, in milliseconds of the wall clock. */
function startOf(report: KeptReport): number {
  return Date.parse(report.started);
}

/** One run of the agent, from process start to exit, as a track. */
export function runTrack(report: KeptReport, stages: readonly Stage[], offset = 0): Track {
  const results = new Map(report.steps.map(({ name, result }) => [name, result]));
  const kindOf = (name: string): BarKind => {
    const result = results.get(name);
    if (result === undefined) return name === 'metadata' ? 'metadata' : 'program';
    return result === 'failed' || result === 'changed' ? result : 'unchanged';
  };
  const bars = report.spans
    .map((span) => ({ ...span, kind: kindOf(span.name) }))
    .flatMap((bar) => (bar.kind === 'metadata' ? exchangeBars(bar, report.metadata) : [bar]));
  const last = Math.max(0, ...bars.map(({ end }) => end));
  const rest: Bar = { name: 'report and exit', start: last, end: report.milliseconds, kind: 'program' };
  const started = report.started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  return {
    title: `${stages.join(' and ')} stage, ${report.kind === 'before init' ? 'before init, ' : ''}${started}`,
    offset,
    milliseconds: Math.max(last, report.milliseconds),
    bars: rest.end > rest.start ? [...bars, rest] : bars,
  };
}

/** The exchange with the metadata server as two bars: connect, then read. */
function exchangeBars(bar: Bar, metadata: KeptReport['metadata']): Bar[] {
  if (metadata.status !== 'read') return [{ ...bar, name: 'metadata (failed)', kind: 'failed' }];
  const connected = Math.min(bar.end, bar.start + metadata.connectMilliseconds);
  return [
    { ...bar, name: 'connect', end: connected },
    { ...bar, name: 'metadata', start: connected },
  ];
}

/**
 * Tracks of runs and of units on one axis that begins with the earliest of them. The clock may have been set since the
 * boot, so the units are aligned with the run that one of them started. Without such a run they begin at 0.
 */
export function onOneAxis(
  runs: readonly { readonly report: KeptReport; readonly stages: readonly Stage[] }[],
  units: readonly UnitTimes[],
): readonly Track[] {
  const ofUnits = unitTrack(units);
  const unitsStart = ofUnits && startOfUnits(runs, units);
  const starts = [
    ...runs.map(({ report }) => startOf(report)),
    ...(unitsStart === undefined ? [] : [unitsStart]),
  ];
  const first = starts.length === 0 ? 0 : Math.min(...starts);
  return [
    ...runs.map(({ report, stages }) => runTrack(report, stages, startOf(report) - first)),
    ...(ofUnits === undefined ? [] : [{ ...ofUnits, offset: (unitsStart ?? first) - first }]),
  ];
}

/** When the first unit of the track began, by the wall clock. Undefined if no unit started a recorded run. */
function startOfUnits(
  runs: readonly { readonly report: KeptReport; readonly stages: readonly Stage[] }[],
  units: readonly UnitTimes[],
): number | undefined {
  const first = Math.min(...unitsAround(units).map(({ start }) => start));
  for (const { report, stages } of runs) {
    const unit = units.find(({ name }) => name === `lx-agent-${stages[0]}.service`);
    if (unit !== undefined && report.kind !== 'before init') return startOf(report) - (unit.start - first);
  }
  return undefined;
}

/** How many units are shown beside the agent's own. */
const unitLimit = 15;

/**
 * The units that started at about the same time as the agent's early unit: those that took longest, in the order in
 * which they began. Undefined if the agent's units did not start.
 */
export function unitTrack(units: readonly UnitTimes[]): Track | undefined {
  const shown = unitsAround(units);
  if (shown.length === 0) return undefined;
  const first = Math.min(...shown.map(({ start }) => start));
  const bars = shown.map((unit) => ({
    name: unit.name,
    start: unit.start - first,
    end: unit.end - first,
    kind: isOwn(unit) ? ('own unit' as const) : ('unit' as const),
  }));
  return {
    title: `units, from ${(first / 1000).toFixed(1)} s after systemd started`,
    offset: 0,
    milliseconds: Math.max(...bars.map(({ end }) => end)),
    bars,
  };
}

/** Whether a unit is the agent's. */
export function isOwn({ name }: Pick<UnitTimes, 'name'>): boolean {
  return name.startsWith('lx-agent');
}

function unitsAround(units: readonly UnitTimes[]): readonly UnitTimes[] {
  const own = units.filter(isOwn).sort((one, other) => one.start - other.start);
  const [early] = own;
  if (early === undefined) return [];
  const from = early.start - 500;
  const to = early.end + 1000;
  const around = units
    .filter((unit) => !isOwn(unit) && unit.end >= from && unit.start <= to)
    .sort((one, other) => other.end - other.start - (one.end - one.start))
    .slice(0, unitLimit);
  return [...own, ...around].sort((one, other) => one.start - other.start || one.end - other.end);
}
