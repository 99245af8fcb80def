import * as v from 'valibot';
import type { Stage } from '../system/boot.ts';
import type { Root } from '../system/root.ts';
import { errorCode, RootError } from '../system/root-error.ts';
import { stateFolder } from '../system/state.ts';
import type { Report } from './report.ts';

/** How many reports of earlier boots are kept for each stage, besides the last boot's. */
const earlierBoots = 4;
/** How many reports of runs by hand are kept. */
const runsByHand = 10;

/** Where the report of a stage of the last boot is. */
export function reportPath(stage: Stage): string {
  return `${stateFolder}/report-${stage}.json`;
}

/**
 * The names of the reports that are kept besides the last boot's, oldest first. `report-early-…` and `report-late-…` are
 * of earlier boots, `report-run-…` of runs by hand, each with the moment at which the run started.
 */
export function earlierReports(root: Pick<Root, 'list'>, what: Stage | 'run'): string[] {
  return root
    .list(stateFolder)
    .filter((name) => name.startsWith(`report-${what}-`) && name.endsWith('.json'));
}

/** What has to be known of a kept report to decide what becomes of it. */
const headSchema = v.object({
  started: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)),
  boot: v.optional(v.string()),
  kind: v.optional(v.picklist(['boot', 'before init', 'run'])),
});
type Head = v.InferOutput<typeof headSchema>;

/** How a run is to be filed. */
export interface Filing {
  /** Init called the run as a stage of a boot, or an operator called it in the same way. */
  readonly bootStage: boolean;
  /** The platform called it: the unit's own run of the stage, if there is one, takes its place. */
  readonly beforeInit: boolean;
  /** The stage of a boot that makes up for the other one replaces its report. */
  readonly madeUp: readonly Stage[];
}

/**
 * Keep a run's report, readable by all: it holds no secret. The first run of a stage in a boot is the boot's; every
 * other run is one by hand. Where no boot is on record, a whole run by hand stands in for it. Nothing here waits for
 * the disk: the next boot writes a new report. Answers with the report as it was kept. Throws RootError.
 *
 * Two runs at a time lose no report without a lock: the last boot's report is renamed to a name of its own, and a new
 * one takes its place only where none is.
 */
export function keepReport(root: Root, report: Report, filing: Filing): Report {
  if (root.entry(stateFolder) === undefined) root.makeDirectory(stateFolder, { mode: 0o755 });
  const asBoot: Report = { ...report, kind: filing.beforeInit ? 'before init' : 'boot' };
  if (filing.bootStage) {
    const kept = report.stages.filter((stage) =>
      keepAsBoot(root, asBoot, stage, filing.madeUp.includes(stage)),
    );
    if (kept.length > 0) return asBoot;
  }
  const asRun: Report = { ...report, kind: 'run' };
  root.write(`${stateFolder}/report-run-${stamp(report.started)}-${process.pid}.json`, json(asRun), mode);
  prune(root, 'run', runsByHand);
  if (report.named === undefined) for (const stage of report.stages) standIn(root, asRun, stage);
  return asRun;
}

/** Whether the report became the boot's. */
function keepAsBoot(root: Root, report: Report, stage: Stage, replaces: boolean): boolean {
  const path = reportPath(stage);
  const content = json(ofStage(report, stage));
  const last = readHead(root, path);
  // It has been kept before, in the middle of this run; a stand-in and what is no report give way.
  if (last !== undefined && (last.kind === 'run' || last.started === report.started)) {
    root.write(path, content, mode);
    return true;
  }
  if (last !== undefined) {
    const sameBoot = last.boot !== undefined && last.boot === report.boot;
    if (sameBoot && !replaces && last.kind !== 'before init') return false;
    setAside(root, path, `${stateFolder}/report-${stage}-${stamp(last.started)}.json`);
    prune(root, stage, earlierBoots);
  } else if (root.entry(path) !== undefined) root.remove(path);
  return root.create(path, content, mode);
}

/** A whole run by hand, where no boot is on record. */
function standIn(root: Root, report: Report, stage: Stage): void {
  const path = reportPath(stage);
  const last = readHead(root, path);
  if (last === undefined || last.kind === 'run') root.write(path, json(ofStage(report, stage)), mode);
}

const mode = { mode: 0o644, durable: false } as const;

function json(report: Report): string {
  return `${JSON.stringify(report, null, 1)}\n`;
}

function ofStage(report: Report, stage: Stage): Report {
  return { ...report, steps: report.steps.filter((step) => step.stage === stage) };
}

/** The digits of an ISO 8601 moment with milliseconds: 17 of them, which sort by time. */
function stamp(moment: string): string {
  return moment.replaceAll(/\D/g, '');
}

/** Undefined where there is no report that could be read. */
function readHead(root: Root, path: string): Head | undefined {
  try {
    const text = root.readText(path);
    const head = text === undefined ? undefined : v.safeParse(headSchema, JSON.parse(text));
    return head?.success ? head.output : undefined;
  } catch (error) {
    // Neither JSON nor a file that can be read: there is nothing in it to keep.
    if (error instanceof SyntaxError || error instanceof RootError) return undefined;
    throw error;
  }
}

/** Somebody else may have done it first. */
function setAside(root: Root, from: string, to: string): void {
  try {
    root.rename(from, to, false);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function prune(root: Root, what: Stage | 'run', most: number): void {
  for (const name of earlierReports(root, what).slice(0, -most))
    root.remove(`${stateFolder}/${name}`, false, false);
}
