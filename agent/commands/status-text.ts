import type { KeptReport } from '../report-schema.ts';
import type { ScriptRecord } from '../system/state.ts';
import { joined } from './lines.ts';
import { machineLines, noticeLines, stageLines } from './report-text.ts';
import { runsOf } from './runs.ts';
import { runLines } from './runs-text.ts';
import { duration, paint, printable, type Style } from './style.ts';

/** What `status` has found on a machine. */
export interface Status {
  readonly early: KeptReport | undefined;
  readonly late: KeptReport | undefined;
  /** The runs by hand since the boot, the newest first. */
  readonly runs?: readonly KeptReport[];
  /** How the scripts last ended, by name. */
  readonly scripts: Readonly<Record<string, ScriptRecord>>;
}

/** Where the output of the scripts goes, by name. */
export const scriptLogs: Readonly<Record<string, string>> = {
  'operator-script': '/var/log/mdata-operator-script.log',
  'user-script': '/var/log/mdata-user-script.log',
};

/** The last boot in one screen. */
export function renderStatus({ early, late, runs: byHand = [], scripts }: Status, style: Style): string {
  const runs = runsOf(early, late);
  const first = runs[0]?.report ?? byHand[0];
  if (first === undefined)
    return 'lx-agent has not run here yet\n  to do: lx-agent run, or lx-agent doctor to see why\n';
  const ended = Object.entries(scripts).flatMap(([name, record]) => scriptLines(name, record, style));
  return joined([
    machineLines(first, style),
    ...runs.flatMap(({ report, stages }) => stages.map((stage) => stageLines(report, stage, style))),
    runLines(byHand, style),
    ended.length === 0 ? [] : [paint(style, 'bold', 'scripts'), ...ended],
    noticeLines([...runs.map(({ report }) => report), ...byHand.slice(0, 1)], style),
  ]);
}

function scriptLines(name: string, record: ScriptRecord, style: Style): string[] {
  const good = record.exit === 0;
  const end =
    record.signal !== undefined
      ? `ended by ${record.signal}`
      : record.exit === null
        ? 'running'
        : `exit ${record.exit}`;
  const log = scriptLogs[name];
  return [
    `  ${printable(style, name).padEnd(24)} ${paint(style, good ? 'green' : 'red', printable(style, end))} after ${duration(record.milliseconds)}`,
    ...(log === undefined ? [] : [`      its output: ${log}`]),
  ];
}
