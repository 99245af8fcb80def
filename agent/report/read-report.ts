import * as v from 'valibot';
import type { Stage } from '../system/boot.ts';
import type { Root } from '../system/root.ts';
import { stateFolder } from '../system/state.ts';
import { earlierReports, reportPath } from './report-file.ts';
import { type KeptReport, reportSchema } from './schema.ts';

type ReportRoot = Pick<Root, 'readText' | 'list'>;

/** What the stages of one boot did; a stage without a report did not run, or has not ended yet. */
export interface Boot {
  /** An identity of the boot; undefined where the machine gave none. */
  readonly boot: string | undefined;
  readonly early: KeptReport | undefined;
  readonly late: KeptReport | undefined;
  /** Earlier tries of the early stage in this boot, for which the late stage made up; newest first. */
  readonly attempts: readonly KeptReport[];
}

/** The report of a stage of the last boot; undefined when there is none. Throws when it cannot be read as one. */
export function readReport(root: Pick<Root, 'readText'>, stage: Stage): KeptReport | undefined {
  return readOne(root, reportPath(stage));
}

/** The boots that are on record, the newest first. `warn` is told of each report that cannot be read. */
export function readBoots(root: ReportRoot, warn: (message: string) => void): readonly Boot[] {
  const reports = (['early', 'late'] as const).flatMap((stage) =>
    readAll(root, [...earlierReports(root, stage).map(inFolder), reportPath(stage)], warn).map((report) => ({
      stage,
      report,
    })),
  );
  reports.sort((one, other) => compare(one.report.started, other.report.started));
  const boots: Boot[] = [];
  for (const { stage, report } of reports) {
    const index = boots.findLastIndex((boot) => belongs(boot, stage, report));
    const boot = boots[index] ?? { boot: report.boot, early: undefined, late: undefined, attempts: [] };
    const before = stage === 'early' && boot.early !== undefined ? [boot.early] : [];
    const grown = { ...boot, [stage]: report, attempts: [...before, ...boot.attempts] };
    if (index < 0) boots.push(grown);
    else boots[index] = grown;
  }
  return boots.toReversed();
}

/** The runs by hand that are on record, the newest first. `warn` is told of each report that cannot be read. */
export function readRuns(root: ReportRoot, warn: (message: string) => void): readonly KeptReport[] {
  return readAll(root, earlierReports(root, 'run').map(inFolder), warn).toReversed();
}

/** Without an identity of the boot, a late stage belongs to the early one before it. */
function belongs(boot: Boot, stage: Stage, report: KeptReport): boolean {
  if (report.boot !== undefined || boot.boot !== undefined) return boot.boot === report.boot;
  return stage === 'late' && boot.late === undefined;
}

function readAll(
  root: ReportRoot,
  paths: readonly string[],
  warn: (message: string) => void,
): readonly KeptReport[] {
  return paths.flatMap((path) => {
    try {
      return readOne(root, path) ?? [];
    } catch (error) {
      warn(error instanceof Error ? error.message : String(error));
      return [];
    }
  });
}

function readOne(root: Pick<Root, 'readText'>, path: string): KeptReport | undefined {
  const text = root.readText(path);
  if (text === undefined) return undefined;
  try {
    return v.parse(reportSchema, JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is not a report of lx-agent; lx-agent run writes a new one`, { cause: error });
  }
}

function inFolder(name: string): string {
  return `${stateFolder}/${name}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
