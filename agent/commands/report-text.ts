import type { KeptReport, KeptStep } from '../report/schema.ts';
import { between, detail, head, joined, nameColumn, notice, remedy } from './lines.ts';
import { count, duration, paint, printable, type Style } from './style.ts';
import { columns, wrap } from './wrap.ts';

type Stage = KeptStep['stage'];

/** Facts about a run that its report does not contain. */
export interface About {
  readonly dryRun?: boolean;
  /** The root is not the running system's: programs are listed but not run. */
  readonly elsewhere?: boolean;
  /** The name of the instance from an earlier report. */
  readonly knownName?: string | undefined;
}

/** A report as text: the machine, then what each stage did. At most 80 columns, ends with a line feed. */
export function renderReport(report: KeptReport, style: Style, about: About = {}): string {
  return joined([
    machineLines(report, style, about.knownName),
    ...stagesWithSteps(report).map((stage) => stageLines(report, stage, style, about)),
    noticeLines([report], style),
  ]);
}

/** The stages that have steps in the report; the first stage if none has. */
function stagesWithSteps({ stages, steps }: KeptReport): readonly Stage[] {
  const busy = stages.filter((stage) => steps.some((step) => step.stage === stage));
  return busy.length > 0 ? busy : stages.slice(0, 1);
}

/** The machine: name, instance, distribution, and the version of the agent. `knownName` is from an earlier report. */
export function machineLines(report: KeptReport, style: Style, knownName?: string): string[] {
  // A run of a few steps reads few keys. The instance id may then be the only name.
  const name = report.hostname ?? report.instance ?? knownName ?? 'instance name unknown';
  const instance = report.instance === undefined || report.instance === name ? '' : ` (${report.instance})`;
  const from = report.program === undefined ? '' : ` from ${report.program}`;
  const system = `${report.distribution}, ${report.init}; lx-agent ${report.agent}${from}`;
  return [
    `${paint(style, 'bold', printable(style, name))}${printable(style, instance)}`,
    ...wrap(printable(style, system), columns),
  ];
}

/** What a stage did, step by step. The first stage of a run also shows how the metadata was read. */
export function stageLines(report: KeptReport, stage: Stage, style: Style, about: About = {}): string[] {
  const steps = report.steps.filter((step) => step.stage === stage);
  return [
    ...stageTitle(report, stage, steps, style, about),
    ...(stage === stagesWithSteps(report)[0] ? metadataLines(report.metadata, style) : []),
    ...foldSkipped(steps).flatMap((step) => stepLines(step, style, about)),
  ];
}

/** Invalid metadata values and other warnings, each once. */
export function noticeLines(reports: readonly KeptReport[], style: Style): string[] {
  const notices = reports.flatMap(({ invalid, warnings }) => [
    ...invalid.map(({ key, reason }) => `metadata key ${key}: ${reason}`),
    ...warnings,
  ]);
  if (notices.length === 0) return [];
  const someInvalid = reports.some(({ invalid }) => invalid.length > 0);
  return [
    paint(style, 'bold', 'warnings'),
    ...[...new Set(notices)].flatMap((text) => notice(text, style)),
    ...(someInvalid ? remedy('lx-agent doctor says where to correct the metadata', style) : []),
  ];
}

function stageTitle(
  report: KeptReport,
  stage: Stage,
  steps: readonly KeptStep[],
  style: Style,
  about: About,
): string[] {
  const started = report.started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  const order = [
    'failed',
    'kept',
    'changed',
    'would change',
    'would run',
    'not run here',
    'unchanged',
    'skipped',
  ];
  const words = steps.map((step) => stepWord(step, about));
  const counts = order.flatMap((word) => {
    const found = words.filter((one) => one === word).length;
    return found === 0 ? [] : [`${found} ${word}`];
  });
  const spent = report.stages.length > 1 ? sum(steps.map((step) => step.milliseconds)) : report.milliseconds;
  const when = report.kind === 'before init' ? 'before init, ' : '';
  const left = `${stage} stage, ${when}${printable(style, started)}`;
  const title = between(left, duration(spent));
  return [paint(style, 'bold', title), `  ${counts.join(', ') || 'no steps were run'}`];
}

function metadataLines(metadata: KeptReport['metadata'], style: Style): string[] {
  const time = duration(metadata.milliseconds);
  if (metadata.status === 'read')
    return [
      between(
        head('unchanged', 'metadata', `${count(metadata.keys.length, 'key')} by ${metadata.protocol}`, style),
        time,
      ),
    ];
  return [
    between(head('failed', 'metadata', 'unavailable', style), time),
    ...detail(
      metadata.reason.includes(metadata.socket) ? metadata.reason : `${metadata.socket}: ${metadata.reason}`,
      style,
    ),
    ...remedy('see lx-agent doctor; then lx-agent run', style),
  ];
}

/** Fold three or more steps in a row that were skipped for the same reason into one line. */
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

/** The report says `listed`. A person reads what that means in this run. */
function changeWord({ result, kind }: KeptStep['changes'][number], { dryRun, elsewhere }: About): string {
  if (result !== 'listed') return result;
  if (dryRun !== true || (kind === 'command' && elsewhere === true)) return 'not run here';
  return kind === 'command' ? 'would run' : 'would change';
}

function stepWord({ result, changes }: KeptStep, about: About): string {
  if (result !== 'listed') return result;
  const words = changes.map((change) => changeWord(change, about));
  return ['would change', 'would run'].find((word) => words.includes(word)) ?? 'not run here';
}

function stepLines(step: KeptStep, style: Style, about: About): string[] {
  const { name, result, reason } = step;
  const word = stepWord(step, about);
  const short = result === 'skipped' && reason !== undefined && fits(reason);
  // Do not repeat a change's reason that the step's reason already contains.
  const isSaid = (change: (typeof step.changes)[number]) =>
    change.reason !== undefined &&
    (change.reason === reason || (reason?.includes(change.reason) && reason.includes(change.what)));
  const changes = step.changes.filter((change) => change.result !== 'unchanged' && !isSaid(change));
  const todo = step.remedy ?? usualRemedy(step);
  return [
    between(
      head(result, name, short ? `skipped: ${reason}` : word, style),
      result === 'skipped' ? '' : duration(step.milliseconds),
    ),
    ...(short || reason === undefined ? [] : detail(reason, style)),
    ...changes.flatMap((change) => {
      const changed = changeWord(change, about);
      const mark = changed === word ? '' : `${changed}: `;
      return detail(`${mark}${change.what}: ${change.reason ?? change.why}`, style);
    }),
    ...(todo === undefined ? [] : remedy(todo, style)),
  ];
}

function usualRemedy({ name, result }: KeptStep): string | undefined {
  if (result === 'kept') return `lx-agent run --force ${name} takes it over`;
  return result === 'failed' ? `fix this, then lx-agent run ${name}` : undefined;
}

function fits(reason: string): boolean {
  return reason.length <= columns - nameColumn - 'skipped: '.length - 5;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
