import type { KeptReport } from '../report/schema.ts';
import type { ScriptRecord } from '../system/state.ts';
import type { Running } from '../system/what-runs.ts';
import { detail, joined } from './lines.ts';
import { machineLines, noticeLines, stageLines } from './report-text.ts';
import { runsOf } from './runs.ts';
import { runLines } from './runs-text.ts';
import { duration, paint, printable, type Style } from './style.ts';

/** What `status` shows. */
export interface Status {
  readonly early: KeptReport | undefined;
  readonly late: KeptReport | undefined;
  /** The runs by hand since the boot, newest first. */
  readonly runs?: readonly KeptReport[];
  /** How each script last ended, by name. */
  readonly scripts: Readonly<Record<string, ScriptRecord>>;
  /** Stages and scripts that are running now. */
  readonly running?: readonly Running[];
  /** The name of the instance from an earlier report, if the boot could not read it. */
  readonly knownName?: string | undefined;
}

/** The output logs of the scripts, by name. */
export const scriptLogs: Readonly<Record<string, string>> = {
  'operator-script': '/var/log/mdata-operator-script.log',
  'user-script': '/var/log/mdata-user-script.log',
};

/** The last boot in one screen. */
export function renderStatus(
  { early, late, runs: byHand = [], scripts, running = [], knownName }: Status,
  style: Style,
): string {
  const runs = runsOf(early, late);
  const first = runs[0]?.report ?? byHand[0];
  if (first === undefined)
    return 'lx-agent has not run here yet\n  to do: lx-agent run, or lx-agent doctor to see why\n';
  const ended = Object.entries(scripts).flatMap(([name, record]) =>
    running.some(({ what }) => what === name) ? [] : scriptLines(name, record, style),
  );
  return joined([
    machineLines(first, style, knownName),
    ...runs.flatMap(({ report, stages }) => stages.map((stage) => stageLines(report, stage, style))),
    runningLines(running, style),
    runLines(byHand, style),
    ended.length === 0 ? [] : [paint(style, 'bold', 'scripts'), ...ended],
    noticeLines([...runs.map(({ report }) => report), ...byHand.slice(0, 1)], style),
  ]);
}

function runningLines(running: readonly Running[], style: Style): string[] {
  if (running.length === 0) return [];
  return [
    paint(style, 'bold', 'running now'),
    ...running.flatMap(({ what, pid, since }) => [
      `  ${printable(style, what).padEnd(24)} process ${pid}, since ${printable(style, moment(since))}`,
      ...logLine(what),
    ]),
  ];
}

function scriptLines(name: string, record: ScriptRecord, style: Style): string[] {
  const { exit, signal, error } = record;
  // No end is recorded and the script is not running: the agent was killed with it, or the machine was stopped.
  const end =
    error !== undefined
      ? 'not started'
      : signal !== undefined
        ? `ended by ${signal}`
        : exit === null
          ? `interrupted, started ${moment(record.started)}`
          : `exit ${exit}`;
  const after = error === undefined && (exit !== null || signal !== undefined);
  const painted = paint(style, exit === 0 ? 'green' : 'red', printable(style, end));
  return [
    `  ${printable(style, name).padEnd(24)} ${painted}${after ? ` after ${duration(record.milliseconds)}` : ''}`,
    ...(error === undefined ? logLine(name) : detail(error, style)),
  ];
}

function logLine(name: string): string[] {
  const log = scriptLogs[name];
  return log === undefined ? [] : [`      its output: ${log}`];
}

function moment(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}
